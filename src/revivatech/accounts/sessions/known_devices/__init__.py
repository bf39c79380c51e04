"""The devices that an account was signed in on before: who comes with another one is told of by mail."""
