import { SvelteSet } from 'svelte/reactivity';

/** Hints that the person has put away, until the page is opened anew. */
export const dismissed = new SvelteSet<string>();
