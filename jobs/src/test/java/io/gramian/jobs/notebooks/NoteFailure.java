package io.gramian.jobs.notebooks;

/** A paragraph that does not run, or does not show what it promises. */
final class NoteFailure extends AssertionError {

  private static final long serialVersionUID = 1L;

  NoteFailure(Paragraph.Place place, String message) {
    super(place + ": " + message);
  }

  NoteFailure(Paragraph.Place place, Throwable cause) {
    super(place + ": " + cause.getMessage(), cause);
  }
}
