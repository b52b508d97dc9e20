import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Shells serve the page at the root of their own origin.
  base: '/',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the shells allows no inline script and no data: but for pictures.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
