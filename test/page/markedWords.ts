import type { Page } from 'playwright-core';

/** Listens from now on for the words that are marked as being said. */
export async function sayWhatIsMarked(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        if (target instanceof HTMLElement && target.matches('.w.now')) said.push(target.textContent);
      }
    }).observe(document.body, { subtree: true, attributeFilter: ['class'] });
    Object.assign(window, { said });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}
