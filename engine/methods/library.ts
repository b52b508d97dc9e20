import type { FoundPlace, libraryMethods, ProjectSummary } from '../contract.ts';
import { nameFits, queryWords, searchDocument } from '../projects/search.ts';
import type { Workspace } from '../workspace.ts';
import type { Handlers } from './handler.ts';

export const libraryHandlers: Handlers<keyof typeof libraryMethods> = {
  async 'library.list'(_, workspace) {
    return { projects: summaries(workspace), unreadable: workspace.projects.unreadable };
  },

  async 'library.search'({ query, limit }, workspace) {
    const words = queryWords(query);
    const found = { total: 0, projects: 0, places: [] as FoundPlace[], named: [] as ProjectSummary[] };
    if (words.length === 0) return found;
    for (const summary of summaries(workspace)) {
      const { projectId, name: projectName } = summary;
      if (nameFits(projectName, words)) found.named.push(summary);
      // One that cannot be read is named in the library.
      const document = await workspace.projects.peek(projectId).catch(() => undefined);
      const places = document ? await searchDocument(document, words) : [];
      found.total += places.length;
      found.projects += places.length > 0 ? 1 : 0;
      for (const place of places.slice(0, limit - found.places.length)) {
        found.places.push({ projectId, projectName, ...place });
      }
    }
    return found;
  },
};

function summaries(workspace: Workspace): ProjectSummary[] {
  return workspace.projects.abouts.flatMap(([projectId]) => workspace.summary(projectId) ?? []);
}
