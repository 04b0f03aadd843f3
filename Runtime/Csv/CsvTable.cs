using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Data;
using nietras.SeparatedValues;

namespace ModelCompiler.Runtime.Csv;

/// <summary>
/// A table with a header, separated by commas, semicolons or tabs. Features, ids, targets and labels of an item are
/// the columns of that role, in the order in which they are named.
/// </summary>
/// <remarks>
/// <para><b>Memory</b>: four bytes a cell that is used.</para>
/// <para><b>Numerics</b>: numbers are read as in C#, with a point, whatever the culture.</para>
/// </remarks>
/// <example><code>
/// CsvTable table = CsvTable.Open("adult.csv", [CsvColumn.Number("age"), CsvColumn.Number("hours", Missing.Mean),
///     CsvColumn.Category("education"), CsvColumn.Label("income")]);
/// DataSplit split = table.Split(validation: 0.1, test: 0.2, seed: 1, stratified: true);
/// var scale = Standardization.Of(split.Training);
/// </code></example>
public sealed class CsvTable : Dataset
{
    readonly CsvColumn[] columns;
    readonly Dictionary<string, string[]> words;
    readonly float[] features, targets;
    readonly int[] ids, labels, lines;

    CsvTable(string path, CsvCells cells, CsvColumn[] columns, Dictionary<string, string[]> words, int classes)
        : base(path, cells.Lines.Count, cells.Shape, classes)
    {
        (this.columns, this.words) = (columns, words);
        (features, targets, lines) = ([.. cells.Features], [.. cells.Targets], [.. cells.Lines]);
        (ids, labels) = (Number(path, cells, CsvRole.Category), Number(path, cells, CsvRole.Label));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Of the file; its first line names the columns.</param>
    /// <param name="columns">Those to use.</param>
    /// <param name="like">
    /// A table read before, such as the one trained on: words have the numbers they have there, and others are errors.
    /// </param>
    /// <exception cref="DatasetException">
    /// The file is missing, empty or ragged, has no such column, or a cell is not what its column is.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// No column is to be read or to be answered, or one is named twice.
    /// </exception>
    public static CsvTable Open(string path, CsvColumn[] columns, CsvTable? like = null)
    {
        Check(columns);
        if (!File.Exists(path))
            throw new DatasetException(path,
                $"there is no such file (looked for {Path.GetFullPath(path)}). Check the path, or fetch the data " +
                "first.");
        CsvCells cells = CsvCells.Read(path, columns);
        var words = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (CsvColumn column in columns.Where(c => c.Role is CsvRole.Category or CsvRole.Label))
        {
            string[]? known = null;
            if (like is not null && !like.words.TryGetValue(column.Name, out known))
                throw new ArgumentException($"{like.Name} was read without the words of {column.Name}.", nameof(like));
            words[column.Name] = known ?? [.. cells.Words[column.Name].Distinct().Order(StringComparer.Ordinal)];
        }
        string[] labels = [.. columns.Where(c => c.Role == CsvRole.Label).Select(c => c.Name)];
        int classes = labels.Length == 0 ? 0 : labels.Max(l => words[l].Length);
        return new(path, cells, columns, words, classes);
    }

    /// <summary>The words of a category or label, in the order of their numbers.</summary>
    /// <param name="column">Its name.</param>
    /// <exception cref="KeyNotFoundException">It was not read, or has numbers.</exception>
    public IReadOnlyList<string> Words(string column) => words.TryGetValue(column, out string[]? found) ? found
        : throw new KeyNotFoundException(
            $"{Name}: {column} has no words. Those that do: {string.Join(", ", words.Keys)}.");

    /// <inheritdoc/>
    public override void Read(int index, Item item)
    {
        Copy(features, index, item.Features);
        Copy(ids, index, item.Ids);
        Copy(targets, index, item.Targets);
        Copy(labels, index, item.Labels);
    }

    /// <inheritdoc/>
    public override string Describe(int index) => string.Create(CultureInfo.InvariantCulture,
        $"{Name}, line {lines[index]}");

    int[] Number(string path, CsvCells cells, CsvRole role)
    {
        CsvColumn[] these = [.. columns.Where(c => c.Role == role)];
        var result = new int[cells.Lines.Count * these.Length];
        for (int c = 0; c < these.Length; c++)
        {
            string[] known = words[these[c].Name];
            List<string> column = cells.Words[these[c].Name];
            for (int row = 0; row < column.Count; row++)
            {
                int number = Array.BinarySearch(known, column[row], StringComparer.Ordinal);
                if (number < 0)
                    throw new DatasetException(path,
                        $"{these[c].Name} is \"{column[row]}\", which the table this one is to be like does not " +
                        "have. " +
                        "Read the table with all words first, or leave the row out.", cells.Lines[row]);
                result[row * these.Length + c] = number;
            }
        }
        return result;
    }

    static void Copy<T>(T[] all, int index, Span<T> item) =>
        all.AsSpan(index * item.Length, item.Length).CopyTo(item);

    static void Check(CsvColumn[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (!columns.Any(c => c.Role is CsvRole.Number or CsvRole.Category))
            throw new ArgumentException("No column is to be read: name a Number or a Category.", nameof(columns));
        foreach (var same in columns.GroupBy(c => c.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            throw new ArgumentException($"The column {same.Key} is named {same.Count()} times; name it once.",
                nameof(columns));
    }
}
