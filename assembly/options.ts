// What this pass is asked: the values of PassOption, set before the first byte.

import { PassOption } from "./tables";

const Options: u32 = 20;
const values: usize = memory.data(160, 8); // Options u64

export function setOptionValue(option: PassOption, value: u64): void {
  if ((option as u32) < Options) store<u64>(values + ((option as usize) << 3), value);
}

@inline
export function optionValue(option: PassOption): u64 {
  return load<u64>(values + ((option as usize) << 3));
}
