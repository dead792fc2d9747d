"""What is uploaded is measured before it is read: no form of ours takes more, and a disk is full quickly."""

from __future__ import annotations

from typing import IO, override

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MAX_BYTES = 64 * 1024 * 1024


class SizeLimitedUploadHandler(FileUploadHandler):
    """Refuses a request that is larger as a whole, with the page for what cannot be understood (400)."""

    @override
    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_BYTES:
            raise RequestDataTooBig(f"Uploads are limited to {MAX_BYTES // 1024 // 1024} MiB.")

    @override
    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    @override
    def file_complete(self, file_size: int) -> None:
        return None
