import { hrefOf, routeOf, type Route } from './router.ts';

class Where {
  /** Reactive. */
  route = $state.raw<Route>(routeOf(typeof location === 'undefined' ? '' : location.hash));

  follow(): () => void {
    const read = () => (this.route = routeOf(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }
}

/** Where the person is. */
export const where = new Where();

/** Goes to a place, as a link to it would. */
export function goTo(route: Route): void {
  location.hash = hrefOf(route);
}
