import { ModelError, type ModelCard } from '../model.ts';
import { supportedFamilies } from '../onnx/families.ts';
import { findInCatalogue, type CatalogueEntry } from './catalogue.ts';
import { weightFiles } from './checkpointFiles.ts';
import { hubIdPattern } from './hub.ts';
import { checkModelId } from './installed.ts';
import type { Wanted } from './plan.ts';
import { embeddedModelId } from './resolve.ts';

/** A model that a person wants installed: its id here, what to fetch, and what is known of it beforehand. */
export type Target = { id: string; wanted: Wanted; card: ModelCard };

/**
 * What a person means by an id of the catalogue, or `owner/name`, optionally with `@revision`.
 * @param id what it is to be called, where they say so
 * @throws ModelError where it is neither, or of a type that cannot be converted
 */
export function targetOf(reference: string, id: string | undefined): Target {
  const entry = findInCatalogue(reference);
  if (entry) return catalogueTarget(entry, id);
  const [hubId, revision = 'main'] = reference.split('@', 2);
  if (!hubIdPattern.test(hubId) || !/^[\w./-]+$/.test(revision) || revision.includes('..')) {
    throw new ModelError(
      `There is no model "${reference}" in the catalogue: "sewscribe models list" shows it; one of the hub is named owner/name.`,
    );
  }
  const weights = weightFiles.map((file) => ({ file, revision }));
  return { id: checkedId(id ?? hubId.replace('/', '--')), wanted: { hubId, revision, weights }, card: {} };
}

function catalogueTarget(entry: CatalogueEntry, id = entry.id): Target {
  checkFamily(entry.family, entry.hubId);
  const { name, languages, licence, wordErrorRates, notice, hubId, weights } = entry;
  return {
    id: checkedId(id),
    wanted: { hubId, revision: 'main', weights },
    card: { name, languages, licence, wordErrorRates, notice },
  };
}

function checkedId(id: string): string {
  checkModelId(id);
  if (id === embeddedModelId)
    throw new ModelError(`"${id}" is the model that comes with the app; choose another --id.`);
  return id;
}

/** @throws ModelError where models of that type cannot be converted */
export function checkFamily(family: string, hubId: string): void {
  if (supportedFamilies.includes(family)) return;
  throw new ModelError(
    `${hubId} is of the type "${family}", which this version cannot convert (it can: ${supportedFamilies.join(', ')}).`,
  );
}
