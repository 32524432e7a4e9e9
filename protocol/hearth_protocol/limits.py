"""Every number of the wire in one place: sizes, ranges, rates and deadlines."""

from typing import Final

# Sizes of hot frames and their parts, bytes.
HOT_MARK: Final = 0xC1
KIND_POSE: Final = 0x01
KIND_SNAPSHOT: Final = 0x02
POSE_BYTES: Final = 104
POSE_FLOATS_AT: Final = 20
POSE_FLOATS: Final = 21
CLIENT_HEADER_BYTES: Final = 6  # WebSocket header 2 and mask 4, for a payload below 126
POSE_FRAME_BYTES: Final = CLIENT_HEADER_BYTES + POSE_BYTES
INBOX_STRIDE: Final = 128
SNAPSHOT_HEADER_BYTES: Final = 16
CORRECTION_BYTES: Final = 16
HEAD_FULL_BYTES: Final = 18
HEAD_DELTA_MAX_BYTES: Final = 13
HANDS_FULL_BYTES: Final = 22
HANDS_DELTA_MAX_BYTES: Final = 20
COARSE_BYTES: Final = 10
MAX_LANES: Final = 64
MAX_COARSE: Final = 16
MAX_UP: Final = 16 * 1024
MAX_DOWN: Final = 256 * 1024

# Quantised ranges.
MM_PER_M: Final = 1000.0
POSITION_XZ_BITS: Final = 18
POSITION_Y_BITS: Final = 15
POSITION_XZ_MIN: Final = -(1 << 17)
POSITION_XZ_MAX: Final = (1 << 17) - 1
POSITION_Y_MIN: Final = -(1 << 14)
POSITION_Y_MAX: Final = (1 << 14) - 1
ROTATION_SCALE: Final = 1000.0
ROTATION_BITS: Final = 11
ROTATION_MAX: Final = 707
AGE_UNIT_MS: Final = 2
AGE_MAX: Final = 255
HOLD_NONE: Final = 0xFFFF
STATE_MASK: Final = 0x1FFF
QUATERNION_NORM2_MIN: Final = 0.9
QUATERNION_NORM2_MAX: Final = 1.1

# Columns of a quantised row (int32[24]).
Q_COLUMNS: Final = 24
Q_HEAD: Final = 0
Q_LEFT: Final = 7
Q_RIGHT: Final = 14
Q_STATE: Final = 21
Q_HANDS_TOLD: Final = 22  # decoders only: 1 once hands were told in this lane

#: Width of each of three signed differences by class; rotation class 7 is absolute.
HEAD_POSITION_WIDTHS: Final = (0, 2, 3, 4, 5, 6, 8, 12)
HAND_POSITION_WIDTHS: Final = (0, 3, 4, 5, 6, 7, 9, 12)
ROTATION_WIDTHS: Final = (0, 3, 4, 5, 6, 7, 8)
ROTATION_ABSOLUTE: Final = 7

# Movement, as validated by the server.
SPEED_MAX_M_S: Final = 12.0
REACH_MAX_M: Final = 1.6
TELEPORT_MAX_M: Final = 20.0
TELEPORTS_MAX_PER_S: Final = 4
TICK_HZ_DEFAULT: Final = 20
POSE_FLOOD_FACTOR: Final = 3
INVALID_POSES_MAX: Final = 100
INVALID_POSES_WINDOW_S: Final = 10.0

# Control messages.
NAME_LENGTH: Final = 32
CHAT_LENGTH: Final = 500
TEXT_LENGTH: Final = 500
TOKEN_LENGTH: Final = 512
ROOM_ID_LENGTH: Final = 64
ROOM_NAME_LENGTH: Final = 80
DESCRIPTION_LENGTH: Final = 2000
CODE_LENGTH: Final = 64
FEATURE_LENGTH: Final = 32
FEATURES_MAX: Final = 32
CLIENT_NAME_LENGTH: Final = 64
CLIENT_VERSION_LENGTH: Final = 32
ROSTER_PAGE: Final = 256
PATTERN_MAX: Final = 7
TIERS_MAX: Final = 8
U32_MAX: Final = 0xFFFF_FFFF
SAFE_INTEGER_MAX: Final = (1 << 53) - 1
REQUESTS_MAX: Final = 32  # requests one client may have unanswered

# Voice.
VOICE_SLOTS: Final = 8
VOICE_PACKETS_PER_S: Final = 60
VOICE_BITS_PER_S: Final = 128_000
SDP_LENGTH: Final = 15_000  # an offer has to fit a message from a client
CAPTION_LENGTH: Final = 300
EARSHOT_MAX: Final = 64
EARMUFF_MAX_M: Final = 100.0
URL_LENGTH: Final = 300

# Groups' rooms.
PART_ID_LENGTH: Final = 32
ZONE_NAME_LENGTH: Final = 40
PLACES_MAX: Final = 64
ZONES_MAX: Final = 8
SPAWN_MAX: Final = 32
OBJECTS_MAX: Final = 16
OBJECT_REACH_M: Final = 2.5
OBJECT_MOVES_PER_S: Final = 20
LINE_LENGTH: Final = 2000
LINE_KEY_LENGTH: Final = 36
LINE_REACTIONS_MAX: Final = 8
LINES_ON_ARRIVAL: Final = 50
BOUNDARY_MIN_M: Final = 0.3
BOUNDARY_MAX_M: Final = 1.5
RIGHTS_MAX: Final = 64
TIES_MAX: Final = 256
#: With so many at once somebody may agree to stand near.
NEAR_MAX: Final = 16
#: Norms bound to something that the server does.
MECHANISMS_MAX: Final = 8

# Gatherings.
EVENT_TITLE_LENGTH: Final = 80
POSE_ID_LENGTH: Final = 48
CUE_TEXT_LENGTH: Final = 300
CUES_MAX: Final = 500
CUES_PAGE: Final = 32
ALTERNATIVES_MAX: Final = 4
#: A plan lasts half a day at most.
PLAN_MS_MAX: Final = 12 * 3600 * 1000
#: Everybody hears of a change of the plan's movement this long before it acts.
CUE_LEAD_MS: Final = 2000
STAGED_MAX: Final = 32
HANDS_SHOWN: Final = 32
MATS_MAX: Final = 400
WAITING_SHOWN: Final = 64

# Deadlines.
HELLO_TIMEOUT_S: Final = 5.0
TICKET_TTL_S: Final = 30
RESUME_TTL_S: Final = 30
PING_EVERY_S: Final = 10.0
SILENCE_TIMEOUT_S: Final = 20.0
