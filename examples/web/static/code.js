// Counts down until the code can be sent again. Without this script the page says how long it takes.
const wait = document.getElementById("wait");
const [again, call] = ["same", "call"].map((how) => document.querySelector(`button[name=how][value=${how}]`));
const start = performance.now();

const left = (button) => Math.max(0, Math.ceil(Number(button.dataset.seconds) - (performance.now() - start) / 1000));
const label = call?.textContent;

function show() {
  const seconds = left(again);
  again.disabled = seconds > 0;
  if (seconds > 0) {
    wait.textContent = wait.dataset.countdown.replace("{count}", String(seconds));
  } else if (wait.textContent !== wait.dataset.ready || !wait.hasAttribute("role")) {
    // Only this is worth interrupting somebody for.
    wait.setAttribute("role", "status");
    wait.textContent = wait.dataset.ready;
  }
  if (call) {
    call.disabled = left(call) > 0;
    call.textContent = call.disabled ? `${label} (${left(call)} s)` : label;
  }
  if (again.disabled || call?.disabled) setTimeout(show, 250);
}

show();
