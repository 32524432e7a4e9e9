/** Where moderators look after a group: reports, what is in force, what was done. */
import type { Page } from "../../app/router";
import { live } from "../../net/live";
import { h } from "../dom";
import { GA } from "../strings-group-admin";
import { auditPart } from "./audit-part";
import { groupFrame } from "./group-frame";
import { reportsPart } from "./reports-part";
import { sanctionsPart } from "./sanctions-part";

export const moderationPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "moderation",
    wide: true,
    title: ({ name }) => GA.moderation.title(name),
    needs: ["see_reports", "see_audit"],
    show: (part) => {
      // Of an archived group what was done can be read, and nothing be done.
      if (!part.can("see_reports")) {
        part.main.append(auditPart(part).element);
        return;
      }
      const sanctions = sanctionsPart(part);
      const audit = auditPart(part);
      const acted = () => {
        void sanctions.reload();
        void audit.reload();
      };
      const reports = reportsPart(part, acted);
      sanctions.onActed(acted);
      part.onEnd(
        live.hear("moderation", ({ group }) => {
          // Whoever reads a closed list or types an outcome keeps it.
          if (group === part.group.id && document.querySelector("dialog[open]") === null) {
            void reports.reload();
          }
        }),
      );
      part.main.append(
        reports.element,
        h("div", { class: "group-side" }, sanctions.element, audit.element),
      );
    },
  });
