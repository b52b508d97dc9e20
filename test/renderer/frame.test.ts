import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesText,
  clock,
  dayText,
  estimateText,
  percentText,
  spanText,
  speedText,
} from '../../renderer/figures.ts';
import { placeBeside } from '../../renderer/parts/place.ts';
import { hrefOf, projectHref, routeOf, type Route } from '../../renderer/router.ts';

describe('addresses', () => {
  const text: Route = { place: 'project', projectId: 'a1', view: 'text', itemIds: [] };
  test.each<[string, Route]>([
    ['', { place: 'library' }],
    ['#/library', { place: 'library' }],
    ['#/models', { place: 'models' }],
    ['#/settings', { place: 'settings' }],
    ['#/project/a1', text],
    ['#/project/a1/captions', { ...text, view: 'captions' }],
    ['#/project/a1?words=w1,w%2C2', { ...text, itemIds: ['w1', 'w,2'] }],
    ['#/project/', { place: 'library' }],
    ['#/project/..%2F..%2Fetc', { place: 'library' }],
    ['#/somewhere/else', { place: 'library' }],
  ])('%s', (hash, route) => {
    expect(routeOf(hash)).toEqual(route);
  });

  test('lead where they say', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
    const words = fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), { maxLength: 5 });
    fc.assert(
      fc.property(
        id,
        fc.constantFrom('text' as const, 'captions' as const),
        words,
        (projectId, view, itemIds) => {
          const route: Route = { place: 'project', projectId, view, itemIds };
          expect(routeOf(hrefOf(route))).toEqual(route);
          expect(projectHref(projectId, view, itemIds)).toBe(hrefOf(route));
        },
      ),
    );
  });
});

describe('figures', () => {
  const plain = (text: string) => text.replaceAll('\u00a0', ' ');
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [999_600, '1 MB'],
    [31_000_000, '31 MB'],
    [708_400_000, '708 MB'],
    [1_153_000_000, '1.15 GB'],
    [5e15, '5,000 TB'],
  ])('%d bytes', (bytes, text) => {
    expect(plain(bytesText(bytes, 'en'))).toBe(text);
  });

  test('amounts as the language writes them', () => {
    expect(plain(bytesText(1_153_000_000, 'de'))).toBe('1,15 GB');
    expect(plain(percentText(4.34, 'de'))).toBe('4,34 %');
    expect(plain(speedText(14.4, 'en'))).toBe('14 ×');
    expect(plain(speedText(3.25, 'de'))).toBe('3,3 ×');
  });

  test.each([
    [0, '0 s'],
    [38.4, '38 s'],
    [60, '1 min'],
    [246, '4 min 6 s'],
    [4_320, '1 h 12 min'],
    [36_000, '10 h'],
  ])('a span of %d s', (seconds, text) => {
    expect(plain(spanText(seconds))).toBe(text);
  });

  test.each([
    [0.2, '1 s'],
    [14.4, '14 s'],
    [47, '50 s'],
    [99, '1 min 40 s'],
    [130, '2 min'],
    [3_000, '50 min'],
    [5_500, '1 h 30 min'],
  ])('an estimate of %d s', (seconds, text) => {
    expect(plain(estimateText(seconds))).toBe(text);
  });

  test('lengths', () => {
    expect([0, 59_999, 1_880_000, 4_360_000].map(clock)).toEqual(['0:00', '0:59', '31:20', '1:12:40']);
  });

  test('days', () => {
    const now = new Date(2026, 10, 25, 0, 30).getTime();
    const words = { today: (time: string) => `today at ${time}`, yesterday: 'yesterday' };
    const day = (...date: [number, number, number, number?, number?]) =>
      dayText(new Date(...date).getTime(), now, 'en', words);
    expect(day(2026, 10, 25, 0, 5)).toBe('today at 00:05');
    // Half an hour ago, and yesterday all the same.
    expect(day(2026, 10, 24, 23, 59)).toBe('yesterday');
    expect(day(2026, 10, 23, 12)).toBe('23 November');
    expect(day(2024, 4, 8)).toBe('8 May 2024');
    expect(dayText(new Date(2026, 4, 8).getTime(), now, 'de', words)).toBe('8. Mai');
  });
});

describe('what floats', () => {
  const anchor = { left: 100, top: 100, right: 180, bottom: 120 };
  const size = { width: 200, height: 150 };
  const window = { width: 800, height: 600 };
  test.each([
    ['below', anchor, {}, { left: 100, top: 124 }],
    ['at its end', anchor, { alignEnd: true }, { left: 8, top: 124 }],
    ['above where there is no room below', { ...anchor, top: 500, bottom: 520 }, {}, { left: 100, top: 346 }],
    ['below where it should be above and there is no room', anchor, { above: true }, { left: 100, top: 124 }],
    ['inside at the right edge', { ...anchor, left: 750, right: 790 }, {}, { left: 592, top: 124 }],
  ])('%s', (_, box, options, place) => {
    expect(placeBeside(box, size, window, options)).toEqual(place);
  });

  test('is never out of the window where it fits in', () => {
    const coordinate = fc.integer({ min: -200, max: 900 });
    fc.assert(
      fc.property(coordinate, coordinate, fc.boolean(), fc.boolean(), (left, top, above, alignEnd) => {
        const box = { left, top, right: left + 40, bottom: top + 20 };
        const place = placeBeside(box, size, window, { above, alignEnd });
        expect(place.left).toBeGreaterThanOrEqual(8);
        expect(place.left + size.width).toBeLessThanOrEqual(window.width - 8);
        expect(place.top).toBeGreaterThanOrEqual(8);
        expect(place.top + size.height).toBeLessThanOrEqual(window.height - 8);
      }),
    );
  });
});
