/** Where in the app a person is. The address after `#` says it, so that back, reload and links work. */
export type Route =
  | { place: 'library' }
  | { place: 'models' }
  | { place: 'settings' }
  | {
      place: 'project';
      projectId: string;
      view: 'text' | 'captions';
      /** Words to show and select, as a search found them. */
      itemIds: string[];
    };

export type Place = Route['place'];

/** Reads an address; what leads nowhere leads to the library. */
export function routeOf(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [place, id, view] = path.split('/');
  if (place === 'models' || place === 'settings') return { place };
  if (place === 'project' && id && /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) {
    const words = /(?:^|&)words=([^&]*)/.exec(query)?.[1] ?? '';
    const itemIds = words.split(',').filter(Boolean).map(decoded);
    return { place, projectId: id, view: view === 'captions' ? 'captions' : 'text', itemIds };
  }
  return { place: 'library' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a place, for `href`. */
export function hrefOf(route: Route): string {
  if (route.place !== 'project') return `#/${route.place}`;
  const view = route.view === 'captions' ? '/captions' : '';
  const words = route.itemIds.length > 0 ? `?words=${route.itemIds.map(encodeURIComponent).join(',')}` : '';
  return `#/project/${route.projectId}${view}${words}`;
}

/** The address of a project. */
export function projectHref(
  projectId: string,
  view: 'text' | 'captions' = 'text',
  itemIds: string[] = [],
): string {
  return hrefOf({ place: 'project', projectId, view, itemIds });
}
