type Box = { left: number; top: number; right: number; bottom: number };
type Size = { width: number; height: number };

/**
 * Where something that floats goes: below its anchor (or above it), on the other side where there is no room, and
 * never out of the window. All in px.
 */
export function placeBeside(
  anchor: Box,
  size: Size,
  viewport: Size,
  { above = false, alignEnd = false, gap = 4 } = {},
): { left: number; top: number } {
  const margin = 8;
  const topBelow = anchor.bottom + gap;
  const topAbove = anchor.top - gap - size.height;
  const fitsBelow = topBelow + size.height <= viewport.height - margin;
  const fitsAbove = topAbove >= margin;
  const goesAbove = above ? fitsAbove || !fitsBelow : !fitsBelow && fitsAbove;
  const left = alignEnd ? anchor.right - size.width : anchor.left;
  const within = (value: number, most: number) => Math.max(margin, Math.min(value, most - margin));
  return {
    left: within(left, viewport.width - size.width),
    top: within(goesAbove ? topAbove : topBelow, viewport.height - size.height),
  };
}
