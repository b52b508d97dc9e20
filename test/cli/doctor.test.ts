import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sewscribe, temporaryFolder } from '../support/cli.ts';

type Finding = { what: string; found: string; ok: boolean; mend: string | null };

test('doctor tells of each device, and of models that are damaged, with what mends them', async () => {
  const home = temporaryFolder();
  await mkdir(join(home, 'models/broken'), { recursive: true });
  await writeFile(join(home, 'models/broken/model.json'), '{}');
  const { exitCode, stdout } = await sewscribe(['doctor', '--json'], { home });
  expect(exitCode).toBe(0);
  const findings = JSON.parse(stdout) as Finding[];
  const of = (what: string) => findings.find((finding) => finding.what === what);
  expect(of('ONNX Runtime')).toMatchObject({
    ok: true,
    found: expect.stringMatching(/^\d+\.\d+\.\d+, built for cpu/),
  });
  expect(of('models')).toMatchObject({ ok: true, found: 'embedded' });
  expect(of('model broken')).toMatchObject({
    ok: false,
    found: expect.stringMatching(/damaged.*--overwrite/),
  });
  const homes = { cuda: 'linux', dml: 'win32', coreml: 'darwin' };
  for (const [device, platform] of Object.entries(homes)) {
    const { found, ok, mend } = of(`device ${device}`)!;
    if (platform !== process.platform)
      expect({ found, ok }).toEqual({ found: expect.stringMatching(/^only on/), ok: true });
    // Whatever this machine has: a fault and what to do about it go together.
    expect(ok).toBe(mend === null);
  }
});
