/** Words at the door of a group's room, in English. */

export const D = {
  of: (group: string) => `A room of ${group}`,
  signInFirst: (group: string) =>
    `This room belongs to ${group}. Sign in, or come with an invitation from somebody there.`,
  signInEveryone: (group: string) =>
    `A room of ${group} that is open to everyone with an account here. Sign in, and you may look in.`,
  signIn: "Sign in",
  toGroup: (group: string) => `To ${group}`,
  pair: "Sign in with my phone",
  pairing: {
    title: "On your phone or computer",
    steps: (address: string) => `Open ${address} where you are signed in, and type this code:`,
    waiting: "Waiting for you to approve it there…",
    refused: "That was refused on the other device. You can ask for another code.",
    expired: "The code is too old. Ask for another one.",
    again: "Another code",
    cancel: "Cancel",
  },
  asMe: (name: string) => `You enter as ${name}.`,
  changeLook: "Change how you look",
  listener:
    "You have not signed this group’s norms, so you come as a listener: you hear people, but cannot speak or write.",
  norms: "Read the norms",
  notFor: "This room is not open to you. Its group’s page says for whom it is.",
  archived: "This room is archived: nobody can go in, until a leader of its group brings it back.",
  unsigned: "Its group has norms to sign first: the room opens as soon as you have.",
  sign: "Read and sign them",
  elsewhere: {
    title: "You are in a room on another device",
    lead: "Nobody is here twice. What should this device be?",
    leadOther: "That is another room, and nobody is in two. Come here with this device?",
    move: "Bring me here",
    moveHelp: "The other device stops; this one takes over.",
    companion: "Be its companion",
    companionHelp:
      "No avatar and no microphone here: read, write, and look after people and yourself.",
    cancel: "Neither",
  },
} as const;
