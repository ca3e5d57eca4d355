import socket

from foundsound.cli.api_thread import bind, local_url


def test_answers_are_not_held_back() -> None:
    with bind("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()) as client:
            connection, _ = listener.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                assert client.getpeername() == listener.getsockname()
        assert local_url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
