"""What somebody in a headset does with their hands: points, pulls a trigger, pinches, and pokes."""

from typing import Any

from tests.e2e.conftest import Visitor

#: Where the middle of a button of the menu is for the headset, and which way its panel faces; null
#: without it.
FIND = """
(id) => {
  let at = null, out = null;
  __hearth.stage.scene.getObjectByName('menu').traverse((mesh) => {
    const spec = mesh.userData.spec, button = spec?.buttons.find((each) => each.id === id);
    if (!mesh.visible || button === undefined) return;
    const x = (button.x + button.w / 2) / spec.width, y = (button.y + button.h / 2) / spec.height;
    at = mesh.localToWorld(mesh.position.clone().set(x - 0.5, 0.5 - y, 0));
    out = mesh.getWorldDirection(mesh.position.clone());
  });
  if (at === null) return null;
  const {pose} = __hearth.body(), head = __xr.position;
  const yaw = Math.atan2(2 * (pose[4] * pose[6] + pose[3] * pose[5]),
                         1 - 2 * (pose[4] ** 2 + pose[3] ** 2));
  // From the room to where the headset's floor is: the head is known in both.
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const turned = (x, z) => [c * x - s * z, s * x + c * z];
  const [x, z] = turned(at.x - pose[0], at.z - pose[2]), [outX, outZ] = turned(out.x, out.z);
  return {x: head.x + x, y: head.y + at.y - pose[1], z: head.z + z, out: [outX, out.y, outZ]};
}
"""
#: Point with a right hand, or what it holds, at a button; false without it.
AIM = f"""
([id, held]) => {{
  const at = ({FIND})(id);
  if (at === null) return false;
  const hand = __xr[held].right;
  hand.position.set(0.25, 1.25, -0.2);
  const [rx, ry, rz] = [at.x - 0.25, at.y - 1.25, at.z + 0.2];
  const turn = Math.atan2(-rx, -rz) / 2, tilt = Math.atan2(ry, Math.hypot(rx, rz)) / 2;
  const [ct, st, cp, sp] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  hand.quaternion.set(ct * sp, st * cp, -st * sp, ct * cp);
  return true;
}}
"""
#: Bring the right forefinger's tip before a button, so many metres away; gives how far it was from
#: there, null without the button or the finger.
REACH = f"""
async ([id, awayM]) => {{
  const at = ({FIND})(id);
  if (at === null) return null;
  const {{xr}} = __hearth.stage.renderer, session = xr.getSession();
  const source = [...session.inputSources].find((each) => each.hand && each.handedness === 'right');
  if (source === undefined) return null;
  const tip = await new Promise((done) => session.requestAnimationFrame((_, frame) => {{
    const joint = source.hand.get('index-finger-tip');
    done(frame.getJointPose(joint, xr.getReferenceSpace())?.transform.position ?? null);
  }}));
  if (tip === null) return null;
  const hand = __xr.hands.right.position, out = at.out;
  const by = [at.x + out[0] * awayM - tip.x, at.y + out[1] * awayM - tip.y,
              at.z + out[2] * awayM - tip.z];
  hand.set(hand.x + by[0], hand.y + by[1], hand.z + by[2]);
  return Math.hypot(...by);
}}
"""
#: From here a fingertip is before a button, through it, and away again.
BEFORE_M, THROUGH_M, AWAY_M = 0.04, 0.0, 0.12
THERE_M = 0.002


def some_frames(guest: Visitor) -> None:
    """Wait until what the device does was seen and drawn."""
    frames = guest.page.evaluate("__hearth.info().frames")
    guest.wait(f"__hearth.info().frames > {frames + 1}", 60_000)


def hold_button(guest: Visitor, button: str) -> None:
    """Press a button of the right controller."""
    for value in (1, 0):
        guest.page.evaluate(f"__xr.controllers.right.updateButtonValue('{button}', {value})")
        some_frames(guest)


def press_by_ray(guest: Visitor, button: str) -> None:
    """Point at a button of the menu and pull the trigger."""
    guest.page.wait_for_function(AIM, arg=[button, "controllers"])
    some_frames(guest)
    hold_button(guest, "trigger")


def put_controllers_down(guest: Visitor) -> None:
    """From now on the headset sees bare hands."""
    guest.page.evaluate("__xr.primaryInputMode = 'hand'")
    guest.wait("__hearth.body().rightVisible")


def press_by_pinch(guest: Visitor, button: str) -> None:
    """Point at a button of the menu with a bare hand, and pinch."""
    guest.page.wait_for_function(AIM, arg=[button, "hands"])
    some_frames(guest)
    for value in (1, 0):
        guest.page.evaluate(f"__xr.hands.right.updatePinchValue({value})")
        some_frames(guest)


def poke(guest: Visitor, button: str) -> None:
    """Press a button of the menu with the tip of the forefinger."""
    for away_m in (BEFORE_M, THROUGH_M, AWAY_M):
        _reach(guest, button, away_m)
        some_frames(guest)


def _reach(guest: Visitor, button: str, away_m: float) -> None:
    """Bring the fingertip there: looked at once more after it was moved."""
    for _ in range(100):
        off_m: Any = guest.page.evaluate(REACH, [button, away_m])
        if off_m is not None and off_m < THERE_M:
            return
        if off_m is None and away_m != BEFORE_M:
            # What was pressed may be another page by now.
            guest.page.evaluate("__xr.hands.right.position.set(0.25, 1.25, -0.2)")
            return
        some_frames(guest)
    raise AssertionError(f"the finger does not reach {button}")
