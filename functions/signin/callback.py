"""The page Google sends people back to. `{nonce}` is filled in for each answer."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Signing in to Bobine</title>
<style nonce="{nonce}">
  body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh;
         text-align: center; background: #14110f; color: #f4ede4 }
  button, a { font: inherit; color: inherit; padding: .6em 1.2em; border: 1px solid #e8a33d; border-radius: 8px;
              background: none; cursor: pointer }
  .error { color: #ff9c8a }
  form { display: grid; gap: .8em; justify-items: center }
  [hidden] { display: none }
  label { display: grid; gap: .4em; justify-items: center; max-width: 22em }
  input { font: inherit; color: inherit; background: #241f1b; border: 1px solid #a08c74; border-radius: 8px;
          padding: .5em; text-align: center; width: 12em }
</style>
<main>
  <p id="status" role="status">Signing in…</p>
  <button id="go" hidden>Continue</button>
  <form id="second" hidden>
    <label><span id="ask"></span>
      <input name="code" required maxlength="32" autocomplete="one-time-code" autocapitalize="characters"
             spellcheck="false"></label>
    <button id="enter"></button>
  </form>
</main>
<script nonce="{nonce}">
  const french = navigator.language.startsWith("fr"), words = (english, inFrench) => french ? inFrench : english
  document.documentElement.lang = french ? "fr" : "en"
  const [status, go, second, ask, enter] =
    ["status", "go", "second", "ask", "enter"].map(id => document.getElementById(id))
  const signingIn = words("Signing in…", "Connexion…")
  status.textContent = signingIn
  go.textContent = words("Continue", "Continuer")
  ask.textContent = words("The 6-digit code of your app, or a recovery code",
    "Le code à 6 chiffres de votre application, ou un code de secours")
  enter.textContent = words("Sign in", "Se connecter")
  const say = (text, bad) => { status.textContent = text; status.className = bad ? "error" : "" }
  const answer = new URLSearchParams(location.hash.slice(1))
  history.replaceState(null, "", location.pathname) // a token does not belong in the history

  const cookie = document.cookie.split("; ").find(c => c.startsWith("bobine-oauth-state="))
  const expected = cookie && cookie.split("=")[1]

  // Whose token is it? Read for display only; the server verifies it.
  function email(token) {
    try { return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).email }
    catch { return "?" }
  }

  async function exchange(idToken, totp) {
    say(signingIn)
    const response = await fetch("/api/auth/google", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ idToken, state: answer.get("state"), totp }),
    })
    const body = await response.json().catch(() => ({}))
    const wrong = words("This code is not right.", "Ce code n’est pas le bon.")
    if (body.requires2FA) return askForCode(idToken, totp && wrong)
    const { reason } = body.details || {}, suspended = words("This account is suspended: ", "Ce compte est suspendu : ")
    if (!response.ok && reason) return say(suspended + reason, true)
    if (!response.ok) return say(body.error || words("Sign-in failed", "La connexion a échoué"), true)
    const message = { type: "bobine-auth", token: body.token, user: body.user, restored: body.restored }
    if (window.opener) {
      window.opener.postMessage(message, location.origin)
      say(words("Signed in. You can close this window.", "Vous êtes connecté. Vous pouvez fermer cette fenêtre."))
      window.close()
    } else {
      say(words("Signed in. Returning to the app…", "Vous êtes connecté. Retour à l’application…"))
      const link = document.createElement("a")
      link.href = "bobine://oauth-callback#" + new URLSearchParams({ token: body.token })
      link.textContent = words("Open the app", "Ouvrir l’application")
      document.querySelector("main").append(link)
      location.href = link.href
    }
  }

  // An account with a second factor: Google's word comes again, with a code.
  function askForCode(idToken, wrong) {
    say(wrong || "", true)
    second.hidden = false
    second.code.value = ""
    second.code.focus()
    second.onsubmit = event => {
      event.preventDefault()
      second.hidden = true
      exchange(idToken, second.code.value.trim())
    }
  }

  const token = answer.get("id_token")
  if (!token) say(answer.get("error") || words("Google sent no token", "Google n’a pas envoyé de jeton"), true)
  else if (expected && expected === answer.get("state")) exchange(token)
  else { // started elsewhere (a desktop app): ask, so that nobody is signed in to somebody else's account unawares
    say(words("Sign in as ", "Se connecter en tant que ") + email(token) + words("?", " ?"))
    go.hidden = false
    go.onclick = () => { go.hidden = true; exchange(token) }
  }
</script>
</html>
"""
