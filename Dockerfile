# The local system in a container, from the same lock: `docker compose up`.
# The Python of the deployed functions (infra/functions.tf).
FROM python:3.12-slim

WORKDIR /showreel
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --no-deps --require-hashes --requirement requirements.txt \
    && pip check
COPY main.py ./
COPY functions ./functions
COPY shared ./shared
COPY tools ./tools
RUN python -m compileall -q main.py functions shared tools \
    && install --directory --owner=10001 --group=10001 /data

# Nobody in particular: a volume takes over the owner of /data when it is mounted for the first time.
USER 10001:10001
# gunicorn keeps a socket in HOME.
ENV STORAGE_URL=file:///data HOME=/tmp PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8000/health')"]
# As `make run` does. The last process gets the signal that stops the container.
CMD ["sh", "-c", "python -m tools.clean_history && exec python -m tools.serve --host=0.0.0.0"]
