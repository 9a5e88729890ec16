package io.gramian.jobs.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Zeppelin note.
 *
 * @param name as Zeppelin shows it
 * @param id Zeppelin's key
 */
record Note(String name, String id, List<Paragraph> paragraphs) {

  /** Zeppelin's extension of a note's file. */
  private static final String EXTENSION = ".zpln";

  Note {
    paragraphs = List.copyOf(paragraphs);
  }

  /**
   * All notes of a folder, by name of file.
   *
   * @throws AssertionError if there is none
   */
  static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> notes =
          files.filter(file -> file.toString().endsWith(EXTENSION)).sorted().toList();
      if (notes.isEmpty()) {
        throw new AssertionError("no note, *" + EXTENSION + ", in " + folder);
      }
      return notes;
    }
  }

  static Note read(Path file) throws IOException {
    return of(new ObjectMapper().readTree(file.toFile()));
  }

  static Note of(JsonNode json) {
    String name = json.path("name").asText();
    List<Paragraph> paragraphs = new ArrayList<>();
    for (JsonNode paragraph : json.path("paragraphs")) {
      paragraphs.add(Paragraph.of(name, paragraphs.size() + 1, paragraph));
    }
    return new Note(name, json.path("id").asText(), paragraphs);
  }

  /** What Zeppelin calls the file. */
  String fileName() {
    return name + "_" + id + EXTENSION;
  }

  @Override
  public String toString() {
    return name;
  }
}
