// One project: why it is watched, what is due, what was inspected and found.

import { el, foreign } from "../../../evidence/viewer/src/dom";
import type { Facts, Finding, Inspection, Project } from "./facts";
import { informationSign, sign } from "./symbols";
import { currentLanguage, named, number, t } from "./texts";

export function detail(facts: Facts, project: Project): HTMLElement {
  const code = (name: string): string => facts.milestones.find((milestone) => milestone.name === name)?.code ?? "";
  return el(
    "div",
    { class: "detail" },
    el("h2", {}, foreign(project.name.slice(0, 240))),
    el("p", { class: "minor" }, foreign([project.number, project.district ?? t("no_district"), project.cell].filter(Boolean).join(" · ").slice(0, 200))),
    el("p", { class: "verdict" }, sign(facts, project.status), named("status", project.status)),
    project.open > 0 ? el("p", { class: "minor open" }, t("open_confirmed", { n: project.open })) : null,
    part(t("risk"), el("p", { class: "score" }, el("span", { class: `tier ${project.tier}` }, t("tier_of", { tier: named("tier", project.tier) })), " ", t("score", { n: number(project.score, 1) })), list(project.reasons.map(([why, points]) => line(foreign(why[currentLanguage()]), t("points", { n: number(points, 1) }))), t("no_reasons"))),
    part(t("due"), list([...project.due.map((due) => dueLine(due, code)), ...questions(project, code)], t("nothing_due"))),
    part(t("inspections"), list(project.inspections.map((inspection) => inspected(facts, inspection, code)).reverse(), t("no_inspections"))),
    part(t("findings"), list(project.findings.map((finding) => found(facts, finding)), t("no_findings"))),
    project.at && facts.crs ? el("p", { class: "minor place" }, `${t("place")}: E ${number(project.at[0] + facts.origin[0], 1)} · N ${number(project.at[1] + facts.origin[1], 1)} · `, foreign(facts.crs.slice(0, 60))) : null,
  );
}

function dueLine([occasion, date, days]: Project["due"][number], code: (name: string) => string): HTMLElement {
  const what = code(occasion) ? `${code(occasion)} ${named("milestone", occasion)}` : named("occasion", occasion);
  return line(el("span", {}, what, " ", el("span", { class: "minor date" }, date)), days > 0 ? t("overdue_by", { n: days }) : "", days > 0 ? "late" : "minor");
}

/** What no date tells: milestones left undecided, and those without a day. */
function questions(project: Project, code: (name: string) => string): HTMLElement[] {
  const at = (milestone: string): HTMLElement => el("span", {}, `${code(milestone)} ${named("milestone", milestone)}`);
  return [
    ...project.undecided.map(([milestone, date]) => line(at(milestone), t("undecided_at", { date }))),
    ...project.undated.map((milestone) => line(at(milestone), t("no_date"))),
  ];
}

function part(title: string, ...content: (HTMLElement | null)[]): HTMLElement {
  return el("section", {}, el("h3", {}, title), ...content);
}

function list(items: HTMLElement[], empty: string): HTMLElement {
  return items.length ? el("ul", {}, ...items) : el("p", { class: "minor" }, empty);
}

function line(left: HTMLElement, right: string, className = "minor"): HTMLElement {
  return el("li", { class: "line" }, left, el("span", { class: className }, right));
}

function inspected(facts: Facts, inspection: Inspection, code: (name: string) => string): HTMLElement {
  const status = inspection.verdict ?? (inspection.failed === null ? "not_inspected" : "failed");
  const link = inspection.address === null ? null : el("a", { attributes: { href: inspection.address, "data-viewer": inspection.milestone } }, t("open_viewer"));
  return el(
    "li",
    { class: "inspection" },
    sign(facts, status),
    el("div", {}, `${code(inspection.milestone)} ${named("milestone", inspection.milestone)} `, el("span", { class: "minor date" }, inspection.date), el("div", { class: "minor" }, named("status", status)), inspection.failed === null || inspection.verdict !== null ? null : el("div", { class: "minor" }, foreign(inspection.failed.slice(0, 240)))),
    link,
  );
}

function found(facts: Facts, finding: Finding): HTMLElement {
  const sizes = [
    finding.area === null ? "" : t("area", { n: number(finding.area, 1) }),
    finding.volume === null ? "" : t("volume", { n: number(finding.volume, 1) }),
    finding.height === null ? "" : t("height", { n: number(finding.height, 2) }),
  ].filter(Boolean);
  const proposed = finding.proposed === null ? "" : t("proposed", { state: named("state", finding.proposed) });
  return el(
    "li",
    { class: "finding" },
    finding.verdict === "inconsistent" || finding.verdict === "borderline" ? sign(facts, finding.verdict) : informationSign(),
    el("div", {}, el("strong", {}, named("kind", finding.kind)), " ", el("span", { class: "minor" }, named("short", finding.verdict)), finding.storey ? el("span", { class: "minor" }, " · ", foreign(finding.storey.slice(0, 60))) : null, el("div", { class: "minor" }, foreign(finding.title.slice(0, 200))), el("div", {}, sizes.join(" · ")), el("div", { class: "minor" }, [t("first_seen", { date: finding.first }), finding.last === finding.first ? "" : t("last_seen", { date: finding.last })].filter(Boolean).join(" · ")), el("div", {}, el("span", { class: "state" }, named("state", finding.state)), " ", el("span", { class: "state mild" }, named("standing", finding.standing)), proposed ? el("span", { class: "minor" }, ` ${proposed}`) : null)),
  );
}
