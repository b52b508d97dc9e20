import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingIds } from '../../transcript/create.ts';
import { documentSchema } from '../../transcript/document.ts';
import { faults } from '../../transcript/grammar.ts';
import { applyOperation, applyOperations, operationSchema } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { anyDocument, anyStep, anySteps, attempt } from './document.arbitraries.ts';

describe('any operations', () => {
  test('keep the grammar, lead back exactly and forth again, and survive JSON', () => {
    const kinds = new Map<string, number>();
    let refused = 0;
    fc.assert(
      fc.property(anyDocument, anySteps, (start, steps) => {
        expect(faults(start)).toEqual([]);
        const before = structuredClone(start);
        const newId = countingIds('n');
        let current = start;
        const made: { operation: Operation; inverse: Operation }[] = [];
        for (const step of steps) {
          const operation = anyStep(current, step, newId);
          const applied = attempt(current, operation);
          if (!operation || !applied) {
            refused++;
            continue;
          }
          kinds.set(operation.type, (kinds.get(operation.type) ?? 0) + 1);
          expect(faults(applied.document)).toEqual([]);
          expect(operationSchema.parse(JSON.parse(JSON.stringify(applied.inverse)))).toStrictEqual(
            applied.inverse,
          );
          // Each by itself, too: what an inverse needs must not depend on the next ones.
          expect(applyOperation(applied.document, applied.inverse).document).toStrictEqual(current);
          current = applied.document;
          made.push({ operation: JSON.parse(JSON.stringify(operation)), inverse: applied.inverse });
        }
        expect(start).toStrictEqual(before);
        expect(documentSchema.parse(JSON.parse(JSON.stringify(current)))).toStrictEqual(current);

        const back = applyOperations(current, made.map(({ inverse }) => inverse).reverse());
        expect(back.document).toStrictEqual(start);
        // The way back knows the way forth, and so do the operations themselves.
        expect(applyOperations(back.document, back.inverse).document).toStrictEqual(current);
        expect(
          applyOperations(
            start,
            made.map(({ operation }) => operation),
          ).document,
        ).toStrictEqual(current);
      }),
      { numRuns: 150 },
    );
    // The numbers must reach every kind, or the property holds nothing.
    expect(kinds.size).toBe(10);
    expect(Math.min(...kinds.values())).toBeGreaterThan(20);
    console.log(kinds, refused);
  });
});
