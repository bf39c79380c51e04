"""The problem document, RFC 9457: what every refusal of the portal looks like to a program."""

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def problem_document(status: int, code: str, detail: str, request_id: str) -> dict[str, object]:
    """The members that every problem+json answer has (RFC 9457), and `message` for older clients."""
    return {
        "type": f"urn:revivatech:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "message": detail,
        "requestId": request_id,
    }
