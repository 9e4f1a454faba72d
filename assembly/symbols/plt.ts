// Slots of the procedure linkage table have no symbols of their own: each is called after the
// function it jumps to, `name@plt`. A slot jumps through a word of the global offset table, which
// the dynamic linker fills by a relocation that names the function, so the jump is decoded and its
// word looked up. (Counting slots instead would need each linker's layout: .plt, .plt.sec, .plt.got.)
//
//   .plt.sec  endbr64; jmp *word(%rip)            x86-64
//   .plt      adrp x16, page; ldr x17, [x16, #n]  aarch64
//   .rela.plt word -> symbol -> name

import { allocate, outOfMemory } from "../arena";
import { newVector, Vector } from "../vector";
import { addSymbol } from "./elf-symbols";
import { ElfObject, header, Machine, readHeader, Section, SectionFlag, SectionType } from "./elf";
import { radixSort } from "./radix-sort";
import { startsWith, textBytes } from "./reader";
import { NameSource, SectionKind } from "./tables";

const RelaBytes: usize = 24;
const SymbolBytes: usize = 24;
/** Of slots of sections that do not say how long theirs are. */
const SlotBytes: u64 = 16;
/** Between two jumps, of which a linker that pads slots makes more. */
const SlotBytesMax: u64 = 64;
const SuffixBytes: usize = 4; // "@plt"
const NameBytesMax: usize = 4096;

enum Relocation {
  X86GlobalData = 6,
  X86JumpSlot = 7,
  ArmGlobalData = 1025,
  ArmJumpSlot = 1026,
}

/** Words of the global offset table: address and number of the symbol by turns, sorted. */
const words: Vector<u64> = newVector<u64>();

/** Adds a symbol for each slot of an object whose code and dynamic symbols are there. */
export function addLinkageSymbols(object: ElfObject): void {
  const isKnown = object.machine == Machine.X86_64 || object.machine == Machine.Aarch64;
  if (!isKnown || !object.is64 || object.section(SectionKind.Dynsym).at == 0) return;
  if (!collectWords(object)) return;
  for (let i: u32 = 1; i < object.headers && !outOfMemory; i++) {
    readHeader(object, i);
    const isCode = (header.flags & SectionFlag.Code) != 0 && header.at != 0;
    if (!isCode || !startsWith(header.nameAt, object.namesEnd, ".plt")) continue;
    if (object.mayScan(header.lengthBytes)) addSlots(object);
  }
}

/** Sorts the relocations that name a symbol into `words`. False where there are none. */
function collectWords(object: ElfObject): bool {
  for (let i: u32 = 1; i < object.headers; i++) {
    readHeader(object, i);
    if (isRelocations() && object.mayScan(header.lengthBytes)) takeRelocations(object.machine);
  }
  return words.length != 0 && !outOfMemory && radixSort(words.at, wordCount());
}

@inline
function wordCount(): u32 {
  return words.length >> 1;
}

function isRelocations(): bool {
  return header.type == SectionType.Rela && (header.flags & SectionFlag.Alloc) != 0 && header.at != 0;
}

function takeRelocations(machine: u32): void {
  const jumpSlot: u32 = machine == Machine.X86_64 ? Relocation.X86JumpSlot : Relocation.ArmJumpSlot;
  const globalData: u32 = machine == Machine.X86_64 ? Relocation.X86GlobalData : Relocation.ArmGlobalData;
  const end = header.at + (header.lengthBytes as usize);
  for (let at = header.at; end - at >= RelaBytes; at += RelaBytes) {
    const type = load<u32>(at, 8);
    const symbol = load<u32>(at, 12);
    if ((type != jumpSlot && type != globalData) || symbol == 0) continue;
    words.push(load<u64>(at));
    words.push(symbol);
  }
}

/** The slots of the section whose header was read last. */
function addSlots(object: ElfObject): void {
  const from = header.at;
  const end = from + (header.lengthBytes as usize);
  const address = header.address;
  const stated = header.entryBytes;
  const slotBytes = (stated < 4 || stated > SlotBytesMax ? SlotBytes : stated) as usize;
  for (let at = from; at < end && !outOfMemory; at += slotBytes) {
    const slotEnd = min(at + slotBytes, end);
    const slotAddress = address + ((at - from) as u64);
    const word = object.machine == Machine.X86_64 ? wordOfX86(at, slotEnd, slotAddress) : wordOfArm(at, slotEnd, slotAddress);
    const symbol = symbolOfWord(word);
    if (symbol != 0) addSlot(object, slotAddress, slotEnd - at, symbol);
  }
}

/** jmp *word(%rip): ff 25, then the distance from the next instruction. */
function wordOfX86(at: usize, end: usize, address: u64): u64 {
  for (let each = at; end - each >= 6; each++) {
    if (load<u16>(each) == 0x25ff) return address + ((each - at) as u64) + 6 + (load<i32>(each, 2) as i64 as u64);
  }
  return 0;
}

/** adrp x16, page, then ldr x17, [x16, #offset]; before them there may be a bti. */
function wordOfArm(at: usize, end: usize, address: u64): u64 {
  for (let each = at; end - each >= 8; each += 4) {
    const adrp = load<u32>(each);
    const ldr = load<u32>(each, 4);
    if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211) continue;
    // 21 bits of pages: the low two above bit 29, the others above bit 5.
    const pages = (((((adrp >> 5) & 0x7ffff) << 2) | ((adrp >> 29) & 3)) << 11) as i32 >> 11;
    const here = address + ((each - at) as u64);
    return (here & ~0xfff) + (((pages as i64) << 12) as u64) + ((((ldr >> 10) & 0xfff) << 3) as u64);
  }
  return 0;
}

/** Number of the dynamic symbol that a word is filled with; 0 where none is. */
function symbolOfWord(word: u64): u32 {
  let low: u32 = 0;
  let high = wordCount();
  while (low < high) {
    const middle = (low + high) >> 1;
    const address = words.get(middle << 1);
    if (address == word) return words.get((middle << 1) | 1) as u32;
    if (address < word) low = middle + 1;
    else high = middle;
  }
  return 0;
}

function addSlot(object: ElfObject, address: u64, lengthBytes: u64, symbol: u32): void {
  const table: Section = object.section(SectionKind.Dynsym);
  const names: Section = object.section(SectionKind.Dynstr);
  if ((symbol as usize) >= table.lengthBytes / SymbolBytes) return;
  const name = load<u32>(table.at + (symbol as usize) * SymbolBytes) as usize;
  if (name >= names.lengthBytes) return;
  const from = names.at + name;
  const nameBytes = textBytes(from, names.at + names.lengthBytes);
  if (nameBytes == 0 || nameBytes > NameBytesMax - SuffixBytes) return;
  const text = allocate(nameBytes + SuffixBytes);
  if (text == 0) return;
  memory.copy(text, from, nameBytes);
  store<u32>(text + nameBytes, 0x746c7040);
  addSymbol(address, lengthBytes, text, text + nameBytes + SuffixBytes, NameSource.Plt);
}
