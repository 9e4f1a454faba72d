// The instructions of an FDE -> the rules that hold at an address: how the CFA is found and where
// each register of the caller is (DWARF 5, 6.4.2).

import { broken } from "./dump.js";
import type { DwarfCursor } from "./dwarf-cursor.js";
import type { Cie, Fde } from "./eh-frame.js";

export type Rule =
  | { kind: "undefined" }
  | { kind: "same" }
  | { kind: "offset"; offset: bigint }
  | { kind: "valueOffset"; offset: bigint }
  | { kind: "register"; register: number }
  | { kind: "expression"; expression: DwarfCursor }
  | { kind: "valueExpression"; expression: DwarfCursor };

export type CfaRule =
  | { kind: "register"; register: number; offset: bigint }
  | { kind: "expression"; expression: DwarfCursor };

export interface Rules {
  cfa: CfaRule | undefined;
  registers: Map<number, Rule>;
}

/** `spend` is called for each instruction and ends it when there are too many. */
export function rulesAt({ cie, begin, instructions }: Fde, address: bigint, spend: () => void): Rules {
  const rules: Rules = { cfa: undefined, registers: new Map() };
  new Program(cie, rules, new Map(), spend).run(whole(cie.instructions), begin, address);
  const initial = new Map(rules.registers);
  new Program(cie, rules, initial, spend).run(whole(instructions), begin, address);
  return rules;
}

function whole(cursor: DwarfCursor): DwarfCursor {
  const at = cursor.at;
  const copy = cursor.part(BigInt(cursor.end - at));
  cursor.at = at;
  return copy;
}

class Program {
  private readonly remembered: Rules[] = [];
  private location = 0n;

  constructor(
    private readonly cie: Cie,
    private readonly rules: Rules,
    private readonly initial: ReadonlyMap<number, Rule>,
    private readonly spend: () => void,
  ) {}

  /** Runs until the rules of `address` are reached. */
  run(cursor: DwarfCursor, begin: bigint, address: bigint): void {
    this.location = begin;
    while (!cursor.isAtEnd && this.location <= address) {
      this.spend();
      const opcode = cursor.byte();
      const low = opcode & 0x3f;
      if (opcode >> 6 === 1) this.advance(BigInt(low));
      else if (opcode >> 6 === 2) this.set(low, this.atOffset(cursor.uleb() * this.cie.dataAlignment));
      else if (opcode >> 6 === 3) this.restore(low);
      else this.other(opcode, cursor);
    }
  }

  private advance(by: bigint): void {
    this.location = BigInt.asUintN(64, this.location + by * this.cie.codeAlignment);
  }

  private set(register: number, rule: Rule): void {
    this.rules.registers.set(register, rule);
  }

  private atOffset(offset: bigint): Rule {
    return { kind: "offset", offset };
  }

  private restore(register: number): void {
    const rule = this.initial.get(register);
    if (rule === undefined) this.rules.registers.delete(register);
    else this.set(register, rule);
  }

  private cfaOffset(offset: bigint): void {
    const { cfa } = this.rules;
    if (cfa?.kind !== "register") broken();
    this.rules.cfa = { ...cfa, offset };
  }

  private other(opcode: number, cursor: DwarfCursor): void {
    const { dataAlignment: factor } = this.cie;
    const number = (): number => Number(cursor.uleb());
    const expression = (): DwarfCursor => cursor.part(cursor.uleb());
    switch (opcode) {
      case 0x00:
        return;
      case 0x01:
        this.location = cursor.pointer(this.cie.pointerEncoding);
        return;
      case 0x02:
        return this.advance(cursor.unsigned(1));
      case 0x03:
        return this.advance(cursor.unsigned(2));
      case 0x04:
        return this.advance(cursor.unsigned(4));
      case 0x05:
        return this.set(number(), this.atOffset(cursor.uleb() * factor));
      case 0x06:
        return this.restore(number());
      case 0x07:
        return this.set(number(), { kind: "undefined" });
      case 0x08:
        return this.set(number(), { kind: "same" });
      case 0x09:
        return this.set(number(), { kind: "register", register: number() });
      case 0x0a:
        this.remembered.push({ cfa: this.rules.cfa, registers: new Map(this.rules.registers) });
        return;
      case 0x0b:
        Object.assign(this.rules, this.remembered.pop() ?? broken());
        return;
      case 0x0c:
        this.rules.cfa = { kind: "register", register: number(), offset: cursor.uleb() };
        return;
      case 0x0d:
        if (this.rules.cfa?.kind !== "register") broken();
        this.rules.cfa = { ...this.rules.cfa, register: number() };
        return;
      case 0x0e:
        return this.cfaOffset(cursor.uleb());
      case 0x0f:
        this.rules.cfa = { kind: "expression", expression: expression() };
        return;
      case 0x10:
        return this.set(number(), { kind: "expression", expression: expression() });
      case 0x11:
        return this.set(number(), this.atOffset(cursor.sleb() * factor));
      case 0x12:
        this.rules.cfa = { kind: "register", register: number(), offset: cursor.sleb() * factor };
        return;
      case 0x13:
        return this.cfaOffset(cursor.sleb() * factor);
      case 0x14:
        return this.set(number(), { kind: "valueOffset", offset: cursor.uleb() * factor });
      case 0x15:
        return this.set(number(), { kind: "valueOffset", offset: cursor.sleb() * factor });
      case 0x16:
        return this.set(number(), { kind: "valueExpression", expression: expression() });
      case 0x2d: // AArch64: the return address is signed or no longer; it is stripped anyway
        return;
      case 0x2e: // GNU_args_size
        cursor.uleb();
        return;
      case 0x2f: // GNU_negative_offset_extended
        return this.set(number(), this.atOffset(-cursor.uleb() * factor));
      default:
        broken();
    }
  }
}
