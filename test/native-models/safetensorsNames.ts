/** Names and types of a safetensors file's tensors, from its header. */
export function readSafetensorsNames(bytes: Buffer): { name: string; dtype: string }[] {
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString()) as Record<
    string,
    { dtype: string }
  >;
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, { dtype }]) => ({ name, dtype }));
}
