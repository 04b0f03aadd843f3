using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Data;
using nietras.SeparatedValues;

namespace ModelCompiler.Runtime.Csv;

/// <summary>The cells of a table's columns, numbers read and words as they are.</summary>
sealed class CsvCells(ItemShape shape)
{
    static readonly string[] MissingMarks = ["", "NA", "N/A", "NaN", "null", "?"];

    public ItemShape Shape { get; } = shape;
    public List<float> Features { get; } = [];
    public List<float> Targets { get; } = [];
    public Dictionary<string, List<string>> Words { get; } = new(StringComparer.Ordinal);

    /// <summary>Where each row starts, from 1.</summary>
    public List<int> Lines { get; } = [];

    public static CsvCells Read(string path, CsvColumn[] columns)
    {
        int Count(CsvRole role) => columns.Count(c => c.Role == role);
        var cells = new CsvCells(new(Count(CsvRole.Number), Count(CsvRole.Category), Count(CsvRole.Target),
            Count(CsvRole.Label)));
        foreach (CsvColumn column in columns.Where(c => c.Role is CsvRole.Category or CsvRole.Label))
            cells.Words[column.Name] = [];
        int line = 1;
        try
        {
            using SepReader reader = Sep.Reader(o => o with
            {
                Unescape = true, Trim = SepTrim.Outer, CultureInfo = CultureInfo.InvariantCulture,
            }).FromFile(path);
            int[] places = [.. columns.Select(c => Place(path, reader, c))];
            foreach (SepReader.Row row in reader)
            {
                line = row.LineNumberFrom;
                if (row.Span.IsWhiteSpace() && row.ColCount == 1) continue;
                for (int c = 0; c < columns.Length; c++) cells.Add(path, columns[c], row[places[c]].Span, line);
                cells.Lines.Add(line);
            }
        }
        catch (InvalidDataException ragged)
        {
            throw new DatasetException(path,
                $"rows after line {line} have another number of columns: {ragged.Message} Mend the row; cells with " +
                "separators or line ends need quotes.", innerException: ragged);
        }
        catch (IOException failure)
        {
            throw new DatasetException(path, $"it cannot be read: {failure.Message}", innerException: failure);
        }
        if (cells.Lines.Count == 0)
            throw new DatasetException(path, "there are no rows below the header. Check that this is the right file.");
        return cells;
    }

    static int Place(string path, SepReader reader, CsvColumn column)
    {
        if (reader.Header.TryIndexOf(column.Name, out int place)) return place;
        string there = reader.Header.ColNames.Count == 0 ? "none" : string.Join(", ", reader.Header.ColNames);
        throw new DatasetException(path,
            $"there is no column \"{column.Name}\"; those there: {there}. Name one of them; the first line must be " +
            "the header.");
    }

    void Add(string path, CsvColumn column, ReadOnlySpan<char> cell, int line)
    {
        if (column.Role is CsvRole.Category or CsvRole.Label)
        {
            if (column.Role == CsvRole.Label && IsMissing(cell))
                throw new DatasetException(path,
                    $"the label {column.Name} is missing (\"{cell}\"). Fill it in, or leave the row out.", line);
            Words[column.Name].Add(cell.ToString());
            return;
        }
        List<float> numbers = column.Role == CsvRole.Number ? Features : Targets;
        if (!IsMissing(cell))
        {
            if (!float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
                || !float.IsFinite(number))
                throw new DatasetException(path,
                    $"{column.Name} is \"{cell}\"; expected a finite number such as 3.25. Mend the cell, or read the " +
                    "column as a Category.", line);
            numbers.Add(number);
            return;
        }
        if (column.Missing == Missing.Refused)
            throw new DatasetException(path,
                $"{column.Name} is missing (\"{cell}\"). Fill it in, leave the row out" +
                (column.Role == CsvRole.Number ? ", or say Missing.Mean or Missing.Zero." : "."), line);
        numbers.Add(column.Missing == Missing.Mean ? float.NaN : 0);
    }

    static bool IsMissing(ReadOnlySpan<char> cell)
    {
        foreach (string mark in MissingMarks)
            if (cell.Equals(mark, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
