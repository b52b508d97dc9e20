/** `01:02:03.4`, for a sentence. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / 100) / 10;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, (seconds % 60).toFixed(1)];
  return parts.map((part) => String(part).padStart(typeof part === 'string' ? 4 : 2, '0')).join(':');
}
