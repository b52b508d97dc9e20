// Gives `import … from 'electron'` the stand-in, which is TypeScript.
import { register } from 'node:module';
import { register as registerTypeScript } from 'tsx/esm/api';

registerTypeScript();
const standIn = new URL('./electron.ts', import.meta.url).href;
const source = `export function resolve(name, context, next) {
  return next(name === 'electron' ? ${JSON.stringify(standIn)} : name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(source)}`);
