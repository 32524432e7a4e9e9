/**
 * One ordered, reliable line of binary messages. The interface is all that `connection.ts` knows;
 * a datagram path would be another implementation beside the WebSocket.
 */
import { SUBPROTOCOL } from "../protocol/control";

const CLOSE_LEAVING = 1000;
const CLOSE_ABANDONED = 4000;

export interface Transport {
  /** Send a message; false when the line is not open. The bytes may be reused at once. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean;
  /**
   * Close for good; no event follows. `leaving` tells the other side that one means to go: without
   * it the server keeps the place, because only this line is given up.
   */
  abandon(leaving?: boolean): void;
  /** Bytes not yet handed to the network. */
  readonly buffered: number;
}

export interface TransportEvents {
  opened(): void;
  /** `bytes` belong to the receiver. */
  message(bytes: Uint8Array): void;
  /** The line is gone; `code` is a WebSocket close code, 1006 without one. */
  closed(code: number): void;
}

export type OpenTransport = (url: string, events: TransportEvents) => Transport;

/** Open a WebSocket to `url` (ws: or wss:). */
export const openWebSocket: OpenTransport = (url, events) => {
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.binaryType = "arraybuffer";
  let abandoned = false;
  socket.onopen = () => {
    if (!abandoned) events.opened();
  };
  socket.onmessage = (event: MessageEvent<unknown>) => {
    // A text message is no part of the protocol; nothing here could read it.
    if (!abandoned && event.data instanceof ArrayBuffer) events.message(new Uint8Array(event.data));
  };
  socket.onclose = (event) => {
    if (!abandoned) events.closed(event.code);
  };
  return {
    send(bytes) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(bytes);
      return true;
    },
    abandon(leaving = false) {
      abandoned = true;
      socket.close(leaving ? CLOSE_LEAVING : CLOSE_ABANDONED);
    },
    get buffered() {
      return socket.bufferedAmount;
    },
  };
};

/** The WebSocket address for a path on this page's own server. */
export function socketUrl(path: string, page: { protocol: string; host: string }): string {
  if (/^wss?:\/\//.test(path)) return path;
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}${path}`;
}
