/**
 * How much of each channel goes into the mix, by ffmpeg's name of the layout, in its order of channels. Speech sits in
 * front, mostly in the centre; the low-frequency channel has none. A layout that is not here is mixed evenly.
 */
const front = 0.7;
const back = 0.5;
const weightsOf: Record<string, number[]> = {
  mono: [1],
  stereo: [1, 1],
  '2.1': [1, 1, 0],
  '3.0': [front, front, 1],
  '3.1': [front, front, 1, 0],
  '4.0': [front, front, 1, back],
  '4.1': [front, front, 1, 0, back],
  quad: [1, 1, back, back],
  'quad(side)': [1, 1, back, back],
  '5.0': [front, front, 1, back, back],
  '5.0(side)': [front, front, 1, back, back],
  '5.1': [front, front, 1, 0, back, back],
  '5.1(side)': [front, front, 1, 0, back, back],
  '6.1': [front, front, 1, 0, back, back, back],
  '7.0': [front, front, 1, back, back, back, back],
  '7.1': [front, front, 1, 0, back, back, back, back],
  '7.1(wide)': [front, front, 1, 0, back, back, front, front],
};

export function isKnownLayout(layout: string): boolean {
  return Object.hasOwn(weightsOf, layout);
}

/** Below this mean square a stretch says nothing about polarity (about -70 dB). */
const silence = 1e-7;
/** How alike two channels must be, inverted, before one is turned over; and to be turned back. */
const invertedBelow = -0.6;
const uprightAbove = 0.2;
/** What an earlier stretch counts beside the present one. */
const memory = 0.7;

/**
 * Mixes channels to one. A channel that is another one upside down (a cable fault, a balanced line on two channels)
 * would cancel it, so it is turned over first.
 */
export class Mixer {
  /** Whether a channel had to be turned over. */
  foundInverted = false;
  private readonly weights: number[];
  private readonly signs: number[];
  private readonly products: number[];
  private readonly energies: number[];
  private reference = -1;

  /** @param layout as ffmpeg names it, or null */
  constructor(channels: number, layout: string | null) {
    const named = layout ? weightsOf[layout] : undefined;
    const weights = named?.length === channels ? named : new Array<number>(channels).fill(1);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    this.weights = weights.map((weight) => weight / sum);
    this.signs = new Array<number>(channels).fill(1);
    this.products = new Array<number>(channels).fill(0);
    this.energies = new Array<number>(channels).fill(0);
  }

  /** @param channels stretches of one length; a second or so at a time, since polarity is judged for each */
  mix(channels: Float32Array[]): Float32Array {
    if (channels.length === 1) return channels[0];
    this.judgePolarity(channels);
    const { length } = channels[0];
    const mixed = new Float32Array(length);
    for (let channel = 0; channel < channels.length; channel += 1) {
      const weight = this.weights[channel] * this.signs[channel];
      const samples = channels[channel];
      if (weight !== 0) for (let i = 0; i < length; i += 1) mixed[i] += weight * samples[i];
    }
    return mixed;
  }

  private judgePolarity(channels: Float32Array[]): void {
    const energies = channels.map((samples) => product(samples, samples));
    const audible = silence * channels[0].length;
    const counts = (channel: number) => this.weights[channel] > 0 && energies[channel] > audible;
    if (this.reference < 0 || !counts(this.reference)) {
      const most = Math.max(...energies.filter((_, channel) => counts(channel)));
      // The first of those that are loud, so that left stays as it is when right is the same upside down.
      const loud = energies.findIndex((energy, channel) => counts(channel) && energy >= most / 4);
      if (loud < 0) return;
      if (loud !== this.reference) {
        this.reference = loud;
        this.products.fill(0);
        this.energies.fill(0);
      }
    }
    const reference = this.reference;
    channels.forEach((samples, channel) => {
      this.energies[channel] = this.energies[channel] * memory + energies[channel];
      this.products[channel] = this.products[channel] * memory + product(samples, channels[reference]);
    });
    channels.forEach((_, channel) => {
      if (channel === reference || !counts(channel)) return;
      const likeness =
        this.products[channel] / Math.sqrt(this.energies[channel] * this.energies[reference] || 1);
      // Both are measured as they came in, so the reference's own sign decides which way round this one belongs.
      if (likeness < invertedBelow) this.signs[channel] = -this.signs[reference];
      else if (likeness > uprightAbove) this.signs[channel] = this.signs[reference];
      this.foundInverted ||= this.signs[channel] < 0;
    });
  }
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}
