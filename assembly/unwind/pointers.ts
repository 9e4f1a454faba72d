// Pointers as .eh_frame encodes them: a byte says of which form they are and relative to what. What
// would need more than the section itself (an indirection, the address of another section) is refused.

import { Cursor } from "../cursor";

/** DW_EH_PE_*: the low four bits are the form, the others what is added, the highest an indirection. */
enum Form {
  Absolute = 0,
  Uleb = 1,
  Udata2 = 2,
  Udata4 = 3,
  Udata8 = 4,
  Sleb = 9,
  Sdata2 = 10,
  Sdata4 = 11,
  Sdata8 = 12,
}

const FormBits: u32 = 15;
const RelativeToPlace: u32 = 0x10;
export const OmittedPointer: u32 = 0xff;
export const AbsolutePointer: u32 = Form.Absolute;

/** A pointer at the cursor, `placeAddress` being where it stands in the object; fails if it is refused. */
export function encodedPointer(cursor: Cursor, encoding: u32, placeAddress: u64): u64 {
  const added = encoding & ~FormBits;
  if (added != 0 && added != RelativeToPlace) cursor.failed = true;
  return plainNumber(cursor, encoding) + (added == 0 ? 0 : placeAddress);
}

/** A number in the form of an encoding, whatever it is relative to: lengths, and what is passed over. */
export function plainNumber(cursor: Cursor, encoding: u32): u64 {
  switch (encoding & FormBits) {
    case Form.Absolute:
    case Form.Udata8:
    case Form.Sdata8:
      return cursor.fixed(8);
    case Form.Uleb:
      return cursor.varint();
    case Form.Sleb:
      return cursor.signedLeb() as u64;
    case Form.Udata2:
      return cursor.fixed(2);
    case Form.Sdata2:
      return (cursor.fixed(2) as i16) as i64 as u64;
    case Form.Udata4:
      return cursor.fixed(4);
    case Form.Sdata4:
      return (cursor.fixed(4) as i32) as i64 as u64;
    default:
      cursor.failed = true;
      return 0;
  }
}
