import * as z from 'zod';
import { modelManifest } from '../model.ts';
import { supportedFamilies } from '../onnx/families.ts';
import { hubIdPattern } from './hub.ts';
import stored from './catalogue.json' with { type: 'json' };

const catalogueEntry = z.strictObject({
  id: modelManifest.shape.id,
  /** `owner/name` on the Hugging Face hub. */
  hubId: z.string().regex(hubIdPattern),
  name: z.string(),
  /** config.json's `model_type`. */
  family: z.string(),
  languages: z.array(z.string()).min(1),
  /** As its card states it. */
  licence: z.string(),
  /** In millions; null where nothing that we have read states it. */
  parametersMillions: z.number().positive().nullable(),
  /** About; the hub tells the exact size when it is downloaded. */
  downloadMegabytes: z.number().positive().nullable(),
  /** Where the weights may lie, best first. */
  weights: z
    .array(z.strictObject({ file: z.enum(['model.safetensors', 'pytorch_model.bin']), revision: z.string() }))
    .min(1),
  /** As its card states them, without a language model; empty where we have not read them. */
  wordErrorRates: modelManifest.shape.wordErrorRates,
  /** What it is good for, in a sentence. */
  goodFor: z.string(),
  /** One sentence that a person must know before using it. */
  notice: z.string().nullable(),
  /** The one to offer at the first start. */
  recommended: z.boolean(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

const catalogue: readonly CatalogueEntry[] = z.array(catalogueEntry).parse(stored);

/** The published recognisers that this version can convert. */
export const offeredModels: readonly CatalogueEntry[] = catalogue.filter(({ family }) =>
  supportedFamilies.includes(family),
);

/** The entry that a person means by an id of ours, a hub id, or a hub id's name; one of any family. */
export function findInCatalogue(reference: string): CatalogueEntry | undefined {
  const wanted = reference.toLowerCase();
  return catalogue.find(({ id, hubId }) =>
    [id, hubId.toLowerCase(), hubId.toLowerCase().split('/')[1]].includes(wanted),
  );
}

/** What the first start offers. */
export function recommendedModel(): CatalogueEntry | undefined {
  return offeredModels.find(({ recommended }) => recommended);
}
