/** The first page: the rooms anybody may enter, and for who is signed in their groups. */
import type { Page } from "../../app/router";
import { showLobby } from "../lobby";

export const home: Page = (root) => showLobby(root);
