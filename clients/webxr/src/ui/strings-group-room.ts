/** Words of a group's room that other rooms do not have, in English. */

export const G = {
  roles: {
    owner: "owner",
    leader: "leader",
    moderator: "moderator",
    host: "host",
    member: "",
    guest: "guest",
    listener: "listening only",
  } as Record<string, string>,
  newHere: "new here",
  listening:
    "You are here as a listener: the norms are not signed yet, so nobody hears or reads you.",
  toNorms: "Read and sign the norms",
  companion:
    "This is the companion of your avatar, which is in the room on your other device. You can read, write, and look after people and yourself here.",
  safe: {
    button: "Safe place",
    go: "Go to the safe place",
    back: "Come back to the room",
    title: "Safety",
    lead: "One press, and you are alone: nobody sees, hears or reads you, and you see nobody.",
    inIt: "You are in the safe place. Nobody is with you. Come back when you like; nobody is told.",
    went: "You are alone now. Take your time.",
    boundary: "Personal boundary",
    boundaryHelp:
      "Who comes closer than this is stopped at its edge. Two who are both at their places, such as mats, have none between them.",
    modes: { off: "Off", non_friends: "All but friends", all: "Everybody" },
    radius: (m: number) => `${m.toFixed(1)} m`,
    radiusLabel: "How wide",
    forced:
      "Everybody keeps a boundary of an arm’s length or more towards everybody here: the norms ask for it, or the class does.",
    met: "Who was near",
    metHelp: "Those who were within a few steps of you in the last minute.",
    metNobody: "Nobody was near you in the last minute.",
  },
  person: {
    block: "Block",
    blockLabel: (name: string) =>
      `Block ${name}: neither of you sees, hears or reads the other, here and in other groups, except where one of you answers reports`,
    /** Of somebody who answers reports here: nobody gets out of their sight. */
    blockDutyLabel: (name: string) =>
      `Block ${name}: not in this group, where they answer reports, but in others`,
    blocked: (name: string) => `You and ${name} are apart from now on. They are not told.`,
    blockedDuty: (name: string) =>
      `${name} answers reports here, so you stay in each other’s sight. Mute them for yourself, go to the safe place, or report to an owner.`,
    befriend: "Add as friend",
    asked: (name: string) => `${name} can accept now or later.`,
    report: "Report",
    moderate: "As a moderator",
  },
  /** Two people who agree that either may stand near: no boundary between them. */
  near: {
    let: "Let come near",
    help: "Once you both say so, no boundary stands between you two. Either of you can end it at any time.",
    asked: "Asked; take back",
    askedHelp: "They can answer or not; nothing changes until they do.",
    asks: (name: string) => `${name} would like to be near you.`,
    asksHelp: "That is: no boundary between you two. “No” is fine, and so is no answer.",
    no: "No",
    yes: "Near is fine with you both: take back",
    told: (name: string) => `${name} would like to be near you (no boundary between you two).`,
    answer: "Answer",
    where: "You can answer in the list of people, or not at all.",
    agreed: (name: string) => `${name} and you may come near each other.`,
  },
  /** What the norms ask for, as one should know it on coming in. */
  mechanisms: {
    boundary_all: "Everybody keeps a distance from everybody.",
    no_recording: "Nobody records here.",
    listen_first: "Everybody comes in with the microphone off.",
  } as Record<string, string>,
  chat: {
    title: "Channel",
    placeholder: "Write to the group…",
    label: "Write to the group’s channel",
    inRoom: (room: string) => `in ${room}`,
    onPage: "on the group’s page",
    edited: "edited",
    deleted: "This line was taken away.",
    listener: "Sign the norms to write here.",
    muted: "You are muted for now.",
  },
  objects: {
    grab: "Pick up the lantern",
    drop: "Put it down",
    take: (name: string) => (name === "" ? "Take the lantern" : `Take the lantern from ${name}`),
    offer: (name: string) => `Hold it out to ${name}`,
    takeBack: "Keep it",
    lock: "Fix the lantern here",
    unlock: "Free the lantern",
  },
} as const;
