// What the reader has chosen. Everything that is shown follows it.

import type { Facts, Project, Status, Tier } from "./facts";

export type Tab = "overdue" | "projects";
export type Chart = "milestones" | "kinds" | "again";

/** The district of a project that names none. */
export const NOWHERE = "\u0000";

export interface State {
  district: string | null;
  tier: Tier | null;
  milestone: string | null;
  statuses: Set<Status>;
  chosen: number | null;
  tab: Tab;
  chart: Chart;
  search: string;
}

export function firstState(): State {
  return { district: null, tier: null, milestone: null, statuses: new Set(), chosen: null, tab: "overdue", chart: "milestones", search: "" };
}

export class Store {
  state = firstState();
  private readonly listeners: (() => void)[] = [];
  private cache: { key: string; shown: Project[]; places: Set<Project> } | null = null;

  constructor(readonly facts: Facts) {}

  hear(listener: () => void): void {
    this.listeners.push(listener);
  }

  set(change: Partial<State>): void {
    Object.assign(this.state, change);
    this.tell();
  }

  toggle(status: Status): void {
    const statuses = new Set(this.state.statuses);
    if (!statuses.delete(status)) statuses.add(status);
    this.set({ statuses });
  }

  showAll(): void {
    this.set({ district: null, tier: null, milestone: null, statuses: new Set() });
  }

  tell(): void {
    for (const listener of this.listeners) listener();
  }

  isFiltered(): boolean {
    const { district, tier, milestone, statuses } = this.state;
    return district !== null || tier !== null || milestone !== null || statuses.size > 0;
  }

  /** Projects that all filters leave. */
  shown(): Project[] {
    return this.kept().shown;
  }

  isShown(project: Project): boolean {
    return this.kept().places.has(project);
  }

  /** The same, but for one filter: what that filter may choose from. */
  without(filter: "district" | "statuses"): Project[] {
    const state = { ...this.state, ...(filter === "district" ? { district: null } : { statuses: new Set<Status>() }) };
    return this.facts.projects.filter((project) => passes(state, project));
  }

  chosen(): Project | null {
    return this.state.chosen === null ? null : (this.facts.projects[this.state.chosen] ?? null);
  }

  private kept(): { shown: Project[]; places: Set<Project> } {
    const { district, tier, milestone, statuses } = this.state;
    const key = JSON.stringify([district, tier, milestone, [...statuses]]);
    if (this.cache?.key !== key) {
      const shown = this.facts.projects.filter((project) => passes(this.state, project));
      this.cache = { key, shown, places: new Set(shown) };
    }
    return this.cache;
  }
}

function passes(state: State, project: Project): boolean {
  return (
    (state.district === null || (project.district ?? NOWHERE) === state.district) &&
    (state.tier === null || project.tier === state.tier) &&
    (state.milestone === null || project.milestone === state.milestone) &&
    (state.statuses.size === 0 || state.statuses.has(project.status))
  );
}
