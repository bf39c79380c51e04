"""State that the connections of a server share."""

from uvicorn.server import ServerState

from revivatech.httpd.connections import Connections


class State(ServerState):
    """uvicorn's, and the connections as we count them."""

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self.open = connections
