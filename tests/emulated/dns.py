"""Every host name is this machine: a DNS server for the network namespace of .ci/emulated-aws."""

import socket


def answer(query):
    """127.0.0.1 for a question of type A, an empty answer for any other."""
    # The question: labels up to an empty one, then type and class.
    end = query.index(0, 12) + 5
    is_address = query[end - 4 : end - 2] == b"\x00\x01"
    head = query[:2] + b"\x81\x80" + b"\x00\x01" + (b"\x00\x01" if is_address else b"\x00\x00") + bytes(4)
    record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01" if is_address else b""
    return head + query[12:end] + record


def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        query, client = server.recvfrom(512)
        server.sendto(answer(query), client)


if __name__ == "__main__":
    main()
