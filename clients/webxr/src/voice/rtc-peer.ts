/**
 * The browser's peer connection as the link wants it: one sending section, eight receiving ones, in
 * one bundle, Opus only (WIRE 11). Its first offer stands for good: tracks come and go without another.
 */
import type { IceServer } from "../protocol/control";
import { VOICE_SLOTS } from "./slot-talkers";
import type { LinkPeer, PeerState } from "./voice-link";

export class RtcPeer implements LinkPeer {
  readonly pc: RTCPeerConnection;
  readonly receivers: readonly RTCRtpReceiver[];
  private readonly sender: RTCRtpSender;
  private track: MediaStreamTrack | null = null;

  constructor(iceServers: readonly IceServer[], changed: (state: PeerState) => void) {
    this.pc = new RTCPeerConnection({
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
      iceServers: iceServers.map((server) => ({ ...server })),
    });
    const mic = this.pc.addTransceiver("audio", { direction: "sendonly" });
    this.sender = mic.sender;
    prefer(mic, RTCRtpSender.getCapabilities("audio"));
    this.receivers = Array.from({ length: VOICE_SLOTS }, () => {
      const slot = this.pc.addTransceiver("audio", { direction: "recvonly" });
      prefer(slot, RTCRtpReceiver.getCapabilities("audio"));
      // As little waiting as the network allows; absent in older browsers.
      if ("jitterBufferTarget" in slot.receiver) slot.receiver.jitterBufferTarget = 0;
      return slot.receiver;
    });
    this.pc.addEventListener("connectionstatechange", () => changed(this.pc.connectionState));
  }

  get state(): PeerState {
    return this.pc.connectionState;
  }

  async offer(restart: boolean): Promise<string> {
    if (restart) this.pc.restartIce();
    const offer = await this.pc.createOffer();
    await this.pc.setLocalDescription(offer);
    // Candidates are not waited for: the server never reads them.
    return offer.sdp ?? "";
  }

  async answer(sdp: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: "answer", sdp });
  }

  /** Send this track from now on, or nothing at all. */
  send(track: MediaStreamTrack | null): void {
    if (track === this.track) return;
    this.track = track;
    // A closed connection has no use for a track, and says so.
    this.sender.replaceTrack(track).catch(() => {});
  }

  close(): void {
    this.pc.close();
  }
}

/** Opus and nothing else: an offer has to fit one message. */
function prefer(transceiver: RTCRtpTransceiver, can: RTCRtpCapabilities | null): void {
  const opus = (can?.codecs ?? []).filter((codec) => /^audio\/opus$/i.test(codec.mimeType));
  if (opus.length > 0) transceiver.setCodecPreferences?.(opus);
}

/** Packets received per slot, from the browser's statistics. */
export async function packetsPerSlot(peer: RtcPeer): Promise<number[]> {
  return Promise.all(
    peer.receivers.map(async (receiver) => {
      let packets = 0;
      for (const entry of (await receiver.getStats()).values()) {
        if (entry.type === "inbound-rtp") packets += Number(entry.packetsReceived ?? 0);
      }
      return packets;
    }),
  );
}
