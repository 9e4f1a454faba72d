// Files that lie about themselves: cut off anywhere, headers of any numbers, entries of .eh_frame
// that overlap, go in circles or never end. What reads them is built with the compiler's checks of
// every access; each of them ends in a reason or in what was still good.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { workload } from "../host.js";
import { Random } from "../recordings/random.js";
import { sectionPlace, segments } from "./elf-peer.js";
import { endAll, temporaryDirectory } from "./recorder.js";
import { assemble, buildDriver, Kind, randomOffsets, seal, Status } from "./seal-driver.js";

buildDriver();

const offsets = randomOffsets(segments(workload("deep")), 200, 11);

test("files of other kinds are refused, each with its reason", () => {
  const directory = temporaryDirectory();
  const image = readFileSync(workload("deep"));
  const changed = (name: string, at: number, value: number): string => {
    const file = join(directory, name);
    const copy = Buffer.from(image);
    copy.writeUInt8(value, at);
    writeFileSync(file, copy);
    return file;
  };
  const statusOf = (file: string) => seal("needed", file, [4096]).passes[0]!.status;
  assert.is(statusOf(changed("32", 4, 1)), Status.Elf32);
  assert.is(statusOf(changed("big", 5, 2)), Status.BigEndian);
  assert.is(statusOf(changed("machine", 18, 8)), Status.OtherMachine);
  assert.is(statusOf(changed("magic", 0, 0)), Status.NoElf);
  assert.is(statusOf(changed("headers", 54, 55)), Status.Damaged);
  assert.is(statusOf("/dev/null"), Status.NoElf);
});

test("a file that ends anywhere gives what it has, and no more", () => {
  const file = join(temporaryDirectory(), "cut");
  const image = readFileSync(workload("deep"));
    for (let step = 0; step < 120; step++) {
    writeFileSync(file, image.subarray(0, Math.floor((image.length * step) / 120)));
    const { passes } = seal("needed", file, offsets);
    assert.is(passes.length, 1);
  }
});

test("a file of which any header field is any number is survived", () => {
  const file = join(temporaryDirectory(), "hostile");
  const image = readFileSync(workload("deep"));
    const sectionHeaders = Number(image.readBigUInt64LE(40));
  const places = [
    ...Array.from({ length: 8 }, (_, i) => 24 + 8 * i - 8),
    ...Array.from({ length: 7 * 6 }, (_, i) => 64 + 8 * i),
    ...Array.from({ length: 8 * 12 }, (_, i) => sectionHeaders + 8 * i + 8 * 8 * 14),
  ];
  const values = [0n, 1n, 0xffffffffffffffffn, 0x7fffffffffffffffn, BigInt(image.length), 0xffffffff00000000n];
  let at = 0;
  for (const place of places) {
    if (place + 8 > image.length) continue;
    const copy = Buffer.from(image);
    copy.writeBigUInt64LE(values[at++ % values.length]!, place);
    writeFileSync(file, copy);
    assert.is(seal(at % 2 ? "needed" : "full", file, offsets).passes.length, 1);
  }
  assert.ok(at > 100);
});

const ehFrame = sectionPlace(workload("deep"), ".eh_frame");

/** The workload with another .eh_frame in place of its own, of the same size. */
function withEhFrame(change: (section: Buffer) => void): string {
  const file = join(temporaryDirectory(), "eh");
  const image = readFileSync(workload("deep"));
  change(image.subarray(ehFrame.offset, ehFrame.offset + ehFrame.bytes));
  writeFileSync(file, image);
  return file;
}

test("entries that lie: cyclic, overlapping, endless, of unknown augmentation", () => {
    const changes: ((section: Buffer) => void)[] = [
    (section) => section.writeUInt32LE(0xffffffff, 0), // a 64-bit length
    (section) => section.writeUInt32LE(0xfffffff0, 0),
    (section) => section.writeUInt32LE(3, 0), // shorter than its own id
    (section) => section.writeUInt32LE(section.length - 4, 0), // all one CIE
    (section) => section.fill(0),
    (section) => section.fill(0xff),
    (section) => section.fill(0x80, 8), // LEB128 without end
    (section) => section.fill("z", 9, 40), // augmentation without end
    (section) => section.writeUInt8(0xff, 8), // version
    (section) => {
      for (let at = 0; at + 8 <= section.length; at += 8) {
        section.writeUInt32LE(4, at); // entries of 8 bytes, each the CIE of itself
        section.writeUInt32LE(4, at + 4);
      }
    },
    (section) => {
      for (let at = 0; at + 8 <= section.length; at += 8) {
        section.writeUInt32LE(4, at);
        section.writeUInt32LE(at + 4, at + 4); // all of one CIE, which is one of them
      }
    },
  ];
  for (const change of changes) {
    const file = withEhFrame(change);
    for (const how of ["needed", "full", "twice"] as const) {
      const sealed = seal(how, file, offsets);
      assemble(sealed.parts, Kind.EhFrame); // no part begins inside another
      assert.is(sealed.passes[0]!.status, Status.Ok);
    }
  }
});

test("random bytes anywhere in .eh_frame and in the symbols are survived", () => {
    const random = new Random(99991);
  for (let round = 0; round < 100; round++) {
    const file = withEhFrame((section) => {
      for (let n = 0; n < 8; n++) section.writeUInt8(random.between(0, 255), random.between(0, section.length - 1));
    });
    assemble(seal("twice", file, offsets).parts, Kind.EhFrame);
  }
});

test.after(endAll);
test.run();
