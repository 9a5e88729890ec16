package io.gramian.jobs.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A paragraph of a note.
 *
 * @param place the note, and which paragraph of it, from 1
 * @param text what is run, without the name of the interpreter
 * @param chart of a query's rows, if it has one
 */
record Paragraph(Place place, Interpreter interpreter, String text, Optional<Chart> chart) {

  private static final Pattern TEXT = Pattern.compile("%([\\w.]+)[ \\t]*\\R(.*)", Pattern.DOTALL);

  /**
   * Reads one.
   *
   * @throws NoteFailure if its interpreter is none of ours
   */
  static Paragraph of(String note, int number, JsonNode json) {
    Place place = new Place(note, number);
    String whole = json.path("text").asText();
    Matcher matcher = TEXT.matcher(whole);
    if (!matcher.matches()) {
      throw new NoteFailure(place, "its first line names no interpreter: " + firstLine(whole));
    }
    Interpreter interpreter =
        Interpreter.of(matcher.group(1))
            .orElseThrow(() -> new NoteFailure(place, "unknown interpreter %" + matcher.group(1)));
    return new Paragraph(place, interpreter, matcher.group(2), Chart.of(place, json));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("it is empty");
  }

  /** Which paragraph. */
  record Place(String note, int number) {
    @Override
    public String toString() {
      return "note '" + note + "', paragraph " + number;
    }
  }
}
