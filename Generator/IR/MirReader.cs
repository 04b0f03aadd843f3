using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace ModelCompiler.IR;

/// <summary>The words, numbers and signs of the text form.</summary>
sealed class MirReader(string text)
{
    int at;

    /// <summary>An error at the current line. Say what was found as well, or use <see cref="Unexpected"/>.</summary>
    public FormatException Wrong(string expected) =>
        new($"line {Line().ToString(CultureInfo.InvariantCulture)}: expected {expected}");

    int Line() => 1 + text.Take(at).Count(c => c == '\n');

    /// <summary>An error at the next word or sign.</summary>
    public FormatException Unexpected(string expected)
    {
        if (Peek() == '\0') return Wrong($"{expected} instead of the end of the text");
        int end = at + 1;
        while (IsLetter(text[at]) && end < text.Length && IsLetter(text[end])) end++;
        return Wrong($"{expected} instead of {text.Substring(at, end - at)}");
    }

    char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length ? text[at] : '\0';
    }

    static bool IsLetter(char c) => char.IsLetterOrDigit(c) || c == '_';

    static bool IsDigit(char c) => c is >= '0' and <= '9';

    /// <summary>Whether <see cref="Path"/> reads this text as it is; anything else is written in quotes.</summary>
    public static bool IsPath(string path) => path.Split('.').All(word => word.Length > 0 && word.All(IsLetter));

    /// <summary>Takes a word or sign if it is next.</summary>
    public bool Take(string token)
    {
        Peek();
        if (string.CompareOrdinal(text, at, token, 0, token.Length) != 0) return false;
        int end = at + token.Length;
        if (IsLetter(token[0]) && end < text.Length && IsLetter(text[end])) return false;
        at = end;
        return true;
    }

    public void Expect(string token)
    {
        if (!Take(token)) throw Unexpected($"\"{token}\"");
    }

    public void End()
    {
        if (Peek() != '\0') throw Unexpected("the end");
    }

    public string Word()
    {
        Peek();
        int start = at;
        while (at < text.Length && IsLetter(text[at])) at++;
        return at > start ? text.Substring(start, at - start) : throw Unexpected("a word");
    }

    /// <summary>Words joined by dots, or any name in quotes.</summary>
    public string Path()
    {
        if (IsQuoted) return Quoted();
        var path = new StringBuilder(Word());
        while (at < text.Length && text[at] == '.')
        {
            at++;
            path.Append('.').Append(Word());
        }
        return path.ToString();
    }

    public bool IsNumbered(char letter) => Peek() == letter && at + 1 < text.Length && IsDigit(text[at + 1]);

    /// <summary>n12, k3 or s0.</summary>
    public int Numbered(char letter)
    {
        if (!IsNumbered(letter)) throw Unexpected($"{letter} and a number");
        at++;
        return Integer();
    }

    public int Integer()
    {
        long number = Long();
        return number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw Wrong($"a number of 32 bits instead of {number}");
    }

    long Long()
    {
        Peek();
        int end = at;
        if (end < text.Length && text[end] == '-') end++;
        while (end < text.Length && IsDigit(text[end])) end++;
        string digits = text.Substring(at, end - at);
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            throw Unexpected("a whole number");
        at = end;
        return number;
    }

    public double Real()
    {
        Peek();
        int end = at;
        while (end < text.Length && (IsLetter(text[end]) || text[end] is '-' or '+' or '.')) end++;
        string digits = text.Substring(at, end - at);
        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            throw Unexpected("a number");
        at = end;
        return number;
    }

    public int[] Integers()
    {
        Expect("[");
        var numbers = new List<int>();
        if (Take("]")) return [];
        do numbers.Add(Integer());
        while (Take(","));
        Expect("]");
        return [.. numbers];
    }

    public bool IsQuoted => Peek() == '"';

    /// <summary>A name in quotes, escaped as in C#.</summary>
    public string Quoted()
    {
        if (!IsQuoted) throw Unexpected("a name in quotes");
        var name = new StringBuilder();
        for (at++; at < text.Length && text[at] is not ('"' or '\n'); at++)
            name.Append(text[at] == '\\' ? Escaped() : text[at]);
        if (at >= text.Length || text[at] == '\n') throw Wrong("a closing quote before the end of the line");
        at++;
        return name.ToString();
    }

    char Escaped()
    {
        at++;
        switch (at < text.Length ? text[at] : '\0')
        {
            case '\\': return '\\';
            case '"': return '"';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case '0': return '\0';
            case 'a': return '\a';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'u' when at + 4 < text.Length
                && ushort.TryParse(
                    text.Substring(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                    out ushort code):
                at += 4;
                return (char)code;
            default: throw Wrong("an escape of C# behind \\");
        }
    }

    /// <summary>What stands behind a semicolon on this line; empty without one.</summary>
    public string Comment()
    {
        while (at < text.Length && text[at] == ' ') at++;
        if (at >= text.Length || text[at] != ';') return "";
        int end = text.IndexOf('\n', at);
        if (end < 0) end = text.Length;
        string comment = text.Substring(at + 1, end - at - 1).Trim();
        at = end;
        return comment;
    }

    /// <summary>A polynomial over declared dims, divided by constants where that is exact.</summary>
    public Dim Dim(IReadOnlyDictionary<string, DimSymbol> symbols)
    {
        bool isNegative = Take("-");
        Dim sum = Product(symbols);
        if (isNegative) sum = -1 * sum;
        while (true)
        {
            if (Take("+")) sum += Product(symbols);
            else if (Take("-")) sum -= Product(symbols);
            else return sum;
        }
    }

    Dim Product(IReadOnlyDictionary<string, DimSymbol> symbols)
    {
        Dim product = Atom(symbols);
        while (true)
        {
            if (Take("*"))
            {
                product *= Atom(symbols);
                continue;
            }
            if (!Take("/")) return product;
            Dim divisor = Atom(symbols);
            try
            {
                product /= divisor;
            }
            catch (ShapeException e)
            {
                throw Wrong($"an exact division: {e.Message}");
            }
        }
    }

    Dim Atom(IReadOnlyDictionary<string, DimSymbol> symbols)
    {
        if (Take("("))
        {
            Dim inner = Dim(symbols);
            Expect(")");
            return inner;
        }
        if (IsDigit(Peek())) return OfLong(Long());
        string name = Word();
        return symbols.TryGetValue(name, out DimSymbol? symbol)
            ? ModelCompiler.Dim.Of(symbol)
            : throw Wrong($"a declared dim instead of {name}");
    }

    /// <summary>A length takes an int; a product of lengths may be more.</summary>
    static Dim OfLong(long number) =>
        number <= int.MaxValue ? (int)number : OfLong(number >> 30) * (1 << 30) + (int)(number & ((1 << 30) - 1));
}
