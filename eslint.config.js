import importX from 'eslint-plugin-import-x';
import { createNodeResolver } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** Which rooms a room may import, as docs/architecture.md draws them. A path is a folder or one file. */
const mayImport = {
  transcript: [],
  files: [],
  'native-models': ['files'],
  engine: ['transcript', 'native-models', 'files'],
  host: ['engine/contract.ts', 'transcript', 'files'],
  electron: ['host', 'engine/contract.ts', 'transcript', 'files'],
  server: ['host', 'engine/contract.ts', 'transcript', 'files'],
  cli: ['host', 'server', 'engine/contract.ts', 'native-models', 'transcript', 'files'],
  renderer: ['transcript', 'engine/contract.ts', 'files/mediaNames.ts'],
};

/** Packages that one file stands in front of. */
const oneImporter = {
  'fluent-ffmpeg': 'engine/media/ffmpeg.ts',
  'onnxruntime-node': 'native-models/onnxRuntime.ts',
};

const rooms = [...Object.keys(mayImport), 'bench', 'test', 'build'];

const zones = Object.entries(mayImport).flatMap(([room, allowed]) =>
  rooms
    .filter((other) => other !== room)
    .map((other) => ({
      target: `./${room}`,
      from: `./${other}`,
      // `except` is relative to `from`
      except: allowed
        .filter((path) => path === other || path.startsWith(`${other}/`))
        .map((path) => `./${path.slice(other.length + 1)}`),
      message: `${room}/ may import only: ${allowed.join(', ') || 'nothing of ours'} (docs/architecture.md).`,
    })),
);

export default tseslint.config(
  { ignores: ['node_modules/', '.cache/', 'dist/', 'out/', 'coverage/', 'test/fixtures/', 'test/media/'] },
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.mjs', '.svelte'] })],
      // Cycles are looked for among modules; a component's own parser would be taken for what it imports.
      'import-x/extensions': ['.ts', '.js', '.mjs'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.js', '.mjs'] },
      'import-x/ignore': ['node_modules'],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportDeclaration[source.value="zod"][importKind!="type"] > ImportSpecifier',
          message:
            "`import * as z from 'zod'`: of a name's import a bundle takes all of zod, in 50 languages.",
        },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: Object.entries(oneImporter).map(([name, file]) => ({
            name,
            message: `Only ${file} may import it.`,
            allowTypeImports: true,
          })),
        },
      ],
    },
  },
  {
    files: ['engine/contract.ts', 'engine/contract/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^(?!zod$|(\\.\\./)+transcript/|\\./contract/|\\./(basics|documentState|library|models|page|project|queue|settings|stored)\\.ts$)',
              message: 'The contract imports zod, transcript/ and its own parts only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['transcript/**', 'renderer/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^node:|^fluent-ffmpeg$|^onnxruntime-node$',
              message: 'This room runs in a page, which has no Node.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'] } },
    // Most of a module's sets and maps are bookkeeping that nothing shows.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      // Types are svelte-check's matter, which knows the page's globals.
      'no-undef': 'off',
      // `let { a = $bindable() } = $props()` is how Svelte says it.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$bindable'] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteAttribute[key.name="style"]',
          message: 'The policy of the shells refuses style attributes; use a class or a style: directive.',
        },
      ],
    },
  },
  { files: Object.values(oneImporter), rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
);
