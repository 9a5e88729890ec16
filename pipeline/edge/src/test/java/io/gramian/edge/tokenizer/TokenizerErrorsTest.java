package io.gramian.edge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerErrorsTest {

  private static final String SMALL =
      """
      {'added_tokens':[{'id':3,'content':'<x>'}],
       'model':{'type':'BPE','vocab':{'a':0,'b':1,'ab':2},'merges':['a b']}}""";

  @TempDir private Path folder;

  @Test
  void theSmallFileOfTheseTestsIsSound() {
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.json(SMALL).toString());
    assertThat(tokenizer.encode("abb<x>cab")).containsExactly(2, 1, 3, 2);
    assertThat(tokenizer.decode(new int[] {2, 1, 3})).isEqualTo("ab b <x>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model | null | 'model' is missing or of another kind, where an object is needed",
        "model | {'type':'WordPiece','vocab':{}} | 'model.type' is \"WordPiece\", which Gramian does not read; it reads models of type BPE",
        "model | {'type':'Unigram','vocab':[]} | 'model.type' is \"Unigram\", which Gramian does not read; it reads models of type BPE",
        "model | {'vocab':{}} | 'model.type' is missing or of another kind, where a text is needed",
        "model/vocab | 5 | 'model.vocab' is missing or of another kind, where an object is needed",
        "model/vocab | {'a':-1} | 'model.vocab' holds the id -1, where a whole number from 0 to 16777215 is needed; fetch the file again",
        "model/vocab | {'a':16777216} | 'model.vocab' holds the id 16777216, where a whole number from 0 to 16777215 is needed; fetch the file again",
        "model/vocab | {'a':'0'} | 'model.vocab' holds the id \"0\", where a whole number from 0 to 16777215 is needed; fetch the file again",
        "model/merges | 5 | 'model.merges' is missing or of another kind, where a list is needed",
        "model/merges | ['ab'] | 'model.merges' holds \"ab\", where a pair of tokens is needed; fetch the file again",
        "model/merges | ['a b b'] | 'model.merges' holds \"a b b\", where a pair of tokens is needed; fetch the file again",
        "model/merges | [['a']] | 'model.merges' holds [\"a\"], where a pair of tokens is needed; fetch the file again",
        "model/merges | [['a','\\n']] | 'model.merges' names the token \"\\n\", which 'vocab' lacks; fetch the file again",
        "model/merges | [['b','a']] | 'model.merges' names the token \"ba\", which 'vocab' lacks; fetch the file again",
        "model/unk_token | '<unk>' | 'model.unk_token' names the token \"<unk>\", which 'vocab' lacks; fetch the file again",
        "model/continuing_subword_prefix | '##' | 'model.continuing_subword_prefix' is \"##\", which Gramian does not read; only tokenizers without one are supported",
        "model/end_of_word_suffix | '</w>' | 'model.end_of_word_suffix' is \"</w>\", which Gramian does not read; only tokenizers without one are supported",
        "model/dropout | 0.1 | 'model.dropout' is 0.1, which is for training; set it to null",
        "model/dropout | 'x' | 'model.dropout' is missing or of another kind, where a number is needed",
        "model/byte_fallback | 1 | 'model.byte_fallback' is missing or of another kind, where true or false is needed",
        "added_tokens | {} | 'added_tokens' is missing or of another kind, where a list is needed",
        "added_tokens | [7] | 'added_tokens[0]' is no object",
        "added_tokens | [{'content':'x','id':-5}] | 'added_tokens[0].id' holds the id -5, where a whole number from 0 to 16777215 is needed; fetch the file again",
        "added_tokens | [{'id':5}] | 'added_tokens[0].content' is missing or of another kind, where a text is needed",
        "normalizer | {'type':'BertNormalizer'} | 'normalizer.type' is \"BertNormalizer\", which Gramian does not read; it reads NFC, NFD, NFKC, NFKD, Lowercase, Replace, Prepend, Strip and Sequence",
        "normalizer | {'type':'Sequence','normalizers':[{'type':'Nmt'}]} | 'normalizer.normalizers[0].type' is \"Nmt\", which Gramian does not read; it reads NFC, NFD, NFKC, NFKD, Lowercase, Replace, Prepend, Strip and Sequence",
        "normalizer | {'type':'Replace','pattern':{'Glob':'*'},'content':''} | 'normalizer.pattern' is missing or of another kind, where an object with a text String or Regex is needed",
        "pre_tokenizer | {'type':'Whitespace'} | 'pre_tokenizer.type' is \"Whitespace\", which Gramian does not read; it reads ByteLevel, Split, Digits, Metaspace and Sequence",
        "pre_tokenizer | {'type':'Split','pattern':{'Regex':'('},'behavior':'Isolated'} | 'pre_tokenizer.pattern' is \"(\", which Java cannot read as a regular expression: Unclosed group near index 1",
        "pre_tokenizer | {'type':'Split','pattern':{'Regex':'a'},'behavior':'Torn'} | 'pre_tokenizer.behavior' is \"Torn\", where Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous is needed",
        "pre_tokenizer | {'type':'Metaspace','replacement':'__'} | 'pre_tokenizer.replacement' is \"__\", where one character is needed",
        "pre_tokenizer | {'type':'Metaspace','replacement':'_','prepend_scheme':'x'} | 'pre_tokenizer.prepend_scheme' is \"x\", where always, first or never is needed",
        "post_processor | {'type':'BertProcessing'} | 'post_processor.type' is \"BertProcessing\", which Gramian does not read; it reads ByteLevel, TemplateProcessing and Sequence",
        "post_processor | {'type':'TemplateProcessing','single':[]} | 'post_processor.single' is no template for one text: it must name the sequence A once and no other",
        "post_processor | {'type':'TemplateProcessing','single':[{'Sequence':{'id':'B'}}]} | 'post_processor.single' is no template for one text: it must name the sequence A once and no other",
        "post_processor | {'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'s'}}],'special_tokens':{}} | 'post_processor.special_tokens.s' is missing or of another kind, where an object is needed",
        "post_processor | {'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'s'}}],'special_tokens':{'s':{'ids':[1.5]}}} | 'post_processor.special_tokens.s' holds the id 1.5, where a whole number from 0 to 16777215 is needed; fetch the file again",
        "decoder | {'type':'WordPiece'} | 'decoder.type' is \"WordPiece\", which Gramian does not read; it reads ByteLevel, Metaspace, ByteFallback, Replace, Fuse, Strip and Sequence",
        "decoder | {'type':'Sequence','decoders':[{'type':'Fuse'},{'type':'ByteFallback'}]} | 'decoder.decoders[1].type' is \"ByteFallback\" after the tokens have been joined, where Gramian reads Replace of one character and Strip at the start only",
        "decoder | {'type':'Sequence','decoders':[{'type':'Fuse'},{'type':'Strip','content':' ','start':0,'stop':1}]} | 'decoder.decoders[1].type' is \"Strip\" after the tokens have been joined, where Gramian reads Replace of one character and Strip at the start only",
        "decoder | {'type':'Sequence','decoders':[{'type':'Fuse'},{'type':'Replace','pattern':{'String':'ab'},'content':''}]} | 'decoder.decoders[1].type' is \"Replace\" after the tokens have been joined, where Gramian reads Replace of one character and Strip at the start only",
        "decoder | {'type':'Strip','content':' ','start':-1,'stop':1} | 'decoder.start' is missing or of another kind, where a count is needed",
      })
  void refusesInOneLineWhatItCannotRead(String place, String json, String message) {
    ObjectNode root = (ObjectNode) TinyTokenizers.json(SMALL);
    String[] keys = place.split("/", -1);
    ObjectNode parent = keys.length == 1 ? root : (ObjectNode) root.get(keys[0]);
    parent.set(keys[keys.length - 1], TinyTokenizers.json(json));

    assertRefused(root.toString(), folder + "/tokenizer.json: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a\\h+ | \\h, a hexadecimal digit there",
        "[[:alpha:]]+ | a POSIX bracket such as [:alpha:]",
        "(?m:.) | the flag m, 'dot matches all' there",
        "(?i-m)a | the flag m, 'dot matches all' there",
        "\\p{N}{1,3}+ | {n,m}+, which is not possessive there",
      })
  void refusesExpressionsThatJavaReadsDifferently(String regex, String what) {
    ObjectNode root = (ObjectNode) TinyTokenizers.json(SMALL);
    root.set("pre_tokenizer", TinyTokenizers.json(TinyTokenizers.split(regex, "Isolated", false)));

    assertRefused(
        root.toString(),
        "%s/tokenizer.json: 'pre_tokenizer.pattern' is %s, which has %s; Gramian does not read that"
            .formatted(folder, Section.quoted(regex), what));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\": | not valid JSON at line 1, column 10: Unexpected end-of-input within/between Object entries; fetch it again",
        "{\"model\" x | not valid JSON at line 1, column 10: Unexpected character ('x' (code 120)): was expecting a colon to separate field name and value; fetch it again",
        "[1] | a JSON object is expected; fetch it again",
        "`` | a JSON object is expected; fetch it again",
      })
  void refusesDamagedFiles(String json, String message) {
    assertRefused(json, folder + "/tokenizer.json: " + message);
  }

  @Test
  void refusesEndlessNesting() {
    TinyTokenizers.write(folder, "[".repeat(2000));
    assertThatThrownBy(() -> Tokenizer.read(LocalDirectory.of(folder)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(folder + "/tokenizer.json: not valid JSON")
        .hasMessageContaining("nesting depth (1001)")
        .hasMessageEndingWith("; fetch it again");
  }

  @Test
  void refusesAFolderWithoutTokenizer() {
    assertThatThrownBy(() -> Tokenizer.read(LocalDirectory.of(folder)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + ": no tokenizer.json there; copy it from the checkpoint that the model was made of");
  }

  @Test
  void refusesAFileThatCannotBeRead() throws IOException {
    Files.createDirectory(folder.resolve("tokenizer.json"));
    assertThatThrownBy(() -> Tokenizer.read(LocalDirectory.of(folder)))
        .isInstanceOf(UserException.class)
        .hasMessageMatching("\\Q" + folder + "\\E/tokenizer.json: cannot be read \\(.*\\)");
  }

  @Test
  void refusesEndTokensThatAreNoIds() throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": \"x\"}");
    assertRefused(
        TinyTokenizers.json(SMALL).toString(),
        folder
            + "/generation_config.json: 'eos_token_id' is the string \"x\", where a 32-bit integer is needed");
  }

  @ParameterizedTest
  @CsvSource({"-1", "4", "2147483647"})
  void refusesIdsOutOfRange(int id) {
    Tokenizer tokenizer = TinyTokenizers.read(folder, TinyTokenizers.json(SMALL).toString());
    String message =
        "there is no token %d: the tokenizer has ids 0 to 3; tokenizer.json and the model's weights must come from the same checkpoint"
            .formatted(id);

    assertThatThrownBy(() -> tokenizer.decode(new int[] {0, id}))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> tokenizer.stream().next(id))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void damageIsSurvivedOrExplained() {
    String sound = TinyTokenizers.json(SMALL).toString();
    for (int seed = 1; seed <= 300; seed++) {
      Random random = new Random(seed);
      StringBuilder damaged = new StringBuilder(sound);
      for (int i = 0; i < 3; i++) {
        damaged.setCharAt(random.nextInt(damaged.length()), (char) (' ' + random.nextInt(95)));
      }
      try {
        TinyTokenizers.read(folder, damaged.toString()).encode("abba");
      } catch (UserException e) {
        assertThat(e.getMessage()).as("seed %d", seed).doesNotContain("\n");
      }
    }
  }

  private void assertRefused(String json, String message) {
    assertThatThrownBy(() -> TinyTokenizers.read(folder, json))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }
}
