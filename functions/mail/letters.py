"""The letters themselves: the first line is the subject, the rest the text. By language.

`{name}` begins with its space, for a letter may go to somebody whose name is not said.
"""

from shared.accounts.letters import Language, Letter

EN_VERIFY = """Confirm your e-mail address
Hello{name},

please confirm that this address is yours:

{link}

The link is good for three days. If you have not made an account at {site}, you need not do anything.
"""
EN_RESET = """Choose a new password
Hello{name},

somebody, probably you, has asked for a new password. You can choose one here:

{link}

The link is good for an hour and for one password. If it was not you, ignore this mail: nothing has changed.
"""
EN_CHANGED = """Your password was changed
Hello{name},

the password of your account has just been changed, and every other session was ended. If it was not you, choose a new
one at once ("Forgot your password?"):

{link}
"""
EN_SECOND_FACTOR = """Two-factor sign-in was switched off
Hello{name},

two-factor sign-in has just been switched off for your account. If it was not you, change your password at once:

{link}
"""
EN_DOWNLOAD = """Your download is over
Hello{name},

the download you asked for is over. What became of it, and its files, which stay for an hour:

{link}
"""
FR_VERIFY = """Confirmez votre adresse e-mail
Bonjour{name},

merci de confirmer que cette adresse est la vôtre :

{link}

Le lien est valable trois jours. Si vous n’avez pas créé de compte sur {site}, vous n’avez rien à faire.
"""
FR_RESET = """Choisissez un nouveau mot de passe
Bonjour{name},

quelqu’un, sans doute vous, a demandé un nouveau mot de passe. Vous pouvez le choisir ici :

{link}

Le lien est valable une heure, pour un seul mot de passe. Si ce n’était pas vous, ignorez ce message : rien n’a changé.
"""
FR_CHANGED = """Votre mot de passe a été changé
Bonjour{name},

le mot de passe de votre compte vient d’être changé, et les autres sessions ont été fermées. Si ce n’était pas vous,
choisissez-en un autre tout de suite (« Mot de passe oublié ? ») :

{link}
"""
FR_SECOND_FACTOR = """La double authentification a été désactivée
Bonjour{name},

la double authentification vient d’être désactivée sur votre compte. Si ce n’était pas vous, changez votre mot de passe
tout de suite :

{link}
"""
FR_DOWNLOAD = """Votre téléchargement est terminé
Bonjour{name},

le téléchargement que vous avez demandé est terminé. Son résultat, et ses fichiers, disponibles pendant une heure :

{link}
"""
TEXTS: dict[Language, dict[Letter, str]] = {
    "en": {
        "verify": EN_VERIFY,
        "reset": EN_RESET,
        "password_changed": EN_CHANGED,
        "second_factor_off": EN_SECOND_FACTOR,
        "download_over": EN_DOWNLOAD,
    },
    "fr": {
        "verify": FR_VERIFY,
        "reset": FR_RESET,
        "password_changed": FR_CHANGED,
        "second_factor_off": FR_SECOND_FACTOR,
        "download_over": FR_DOWNLOAD,
    },
}
