package io.gramian.spark.report;

import java.util.List;

/**
 * Everything that the page shows.
 *
 * @param title the model's name
 * @param facts about the model
 * @param glance dense against compressed; none before anything is scored
 * @param sections with charts
 * @param provenance where the numbers come from
 */
record Page(
    String title, List<Fact> facts, List<Table> glance, List<Section> sections, Source provenance) {

  Page {
    facts = List.copyOf(facts);
    glance = List.copyOf(glance);
    sections = List.copyOf(sections);
  }

  /** A name and a value. */
  record Fact(String name, String value) {}

  /**
   * Charts that belong together.
   *
   * @param id of the page's element
   * @param note what else there is to say; may be empty
   * @param charts at least one, unless there is a note
   * @param selection whether one chart shows at a time, chosen by its title
   */
  record Section(String id, String title, String note, List<Chart> charts, Selection selection) {

    Section {
      charts = List.copyOf(charts);
    }

    /** For the template. */
    boolean selectable() {
      return selection == Selection.ONE && charts.size() > 1;
    }

    /** For the template. */
    boolean hasNote() {
      return !note.isEmpty();
    }
  }

  /** Which charts of a section show. */
  enum Selection {
    ALL,
    ONE
  }

  /**
   * Where the numbers come from.
   *
   * @param commandLine of the last verb that worked on the run
   * @param tables short ones
   * @param checksums long ones
   */
  record Source(String commandLine, List<Table> tables, List<Table> checksums) {}
}
