/** Below this the scale is linear, above it logarithmic. */
const linearUntilHz = 1000;
const linearMels = 15;
const melsPerHz = linearMels / linearUntilHz;
const logStep = Math.log(6.4) / 27;

const toMel = (hz: number) =>
  hz < linearUntilHz ? hz * melsPerHz : linearMels + Math.log(hz / linearUntilHz) / logStep;
const toHz = (mel: number) =>
  mel < linearMels ? mel / melsPerHz : linearUntilHz * Math.exp((mel - linearMels) * logStep);

/**
 * Triangular filters of equal area, evenly spaced on Slaney's mel scale (Auditory Toolbox, 1998) from 0 Hz to half of
 * the sample rate.
 * @returns [bands, transformSize / 2 + 1]
 */
export function melFilters(bands: number, transformSize: number, sampleRateHz: number): Float32Array {
  const bins = transformSize / 2 + 1;
  const highest = toMel(sampleRateHz / 2);
  const corners = Array.from({ length: bands + 2 }, (_, corner) => toHz((highest * corner) / (bands + 1)));
  const filters = new Float32Array(bands * bins);
  for (let band = 0; band < bands; band += 1) {
    const [low, middle, high] = corners.slice(band);
    for (let bin = 0; bin < bins; bin += 1) {
      const hz = (bin * sampleRateHz) / transformSize;
      const height = Math.min((hz - low) / (middle - low), (high - hz) / (high - middle));
      filters[band * bins + bin] = (Math.max(0, height) * 2) / (high - low);
    }
  }
  return filters;
}
