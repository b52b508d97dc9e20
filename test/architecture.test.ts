import { ESLint } from 'eslint';
import { expect, test } from 'vitest';
import { projectFolder } from './support/cli.ts';

/** The arrows of docs/architecture.md, as the lint rules hold them. */

const eslint = new ESLint({ cwd: projectFolder });

const faultsOf = async (file: string, imported: string) => {
  const [result] = await eslint.lintText(`import '${imported}';\n`, { filePath: file });
  return result.messages.map(({ ruleId }) => ruleId).filter((rule) => rule?.includes('restricted'));
};

test.each([
  ['transcript/x.ts', '../engine/errors.ts'],
  ['transcript/x.ts', '../files/log.ts'],
  ['transcript/x.ts', 'node:fs'],
  ['native-models/x.ts', '../engine/errors.ts'],
  ['native-models/x.ts', '../transcript/document.ts'],
  ['engine/x.ts', '../host/engineClient.ts'],
  ['engine/x.ts', '../cli/time.ts'],
  ['engine/x.ts', '../test/reporter.ts'],
  ['engine/contract.ts', './errors.ts'],
  ['engine/contract.ts', '../native-models/model.ts'],
  ['engine/jobs/x.ts', 'fluent-ffmpeg'],
  ['engine/speech/x.ts', 'onnxruntime-node'],
  ['test/x.ts', 'onnxruntime-node'],
  ['host/x.ts', '../engine/engine.ts'],
  ['host/x.ts', '../native-models/model.ts'],
  ['electron/x.ts', '../engine/engine.ts'],
  ['server/x.ts', '../engine/engine.ts'],
  ['cli/x.ts', '../engine/errors.ts'],
  ['renderer/x.ts', '../native-models/model.ts'],
  ['renderer/x.ts', '../host/engineClient.ts'],
])('%s may not import %s', async (file, imported) => {
  expect(await faultsOf(file, imported)).not.toEqual([]);
});

test.each([
  ['engine/x.ts', '../transcript/document.ts'],
  ['engine/x.ts', '../native-models/model.ts'],
  ['engine/contract.ts', '../transcript/document.ts'],
  ['engine/media/ffmpeg.ts', 'fluent-ffmpeg'],
  ['host/x.ts', '../engine/contract.ts'],
  ['cli/x.ts', '../host/engineClient.ts'],
  ['renderer/x.ts', '../engine/contract.ts'],
])('%s may import %s', async (file, imported) => {
  expect(await faultsOf(file, imported)).toEqual([]);
});
