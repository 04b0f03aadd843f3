using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace ModelCompiler;

/// <summary>
/// One axis length: a polynomial over declared dims with integer coefficients, divided by a constant where that is
/// exact. A tensor that runs eagerly only ever holds constants.
/// </summary>
public readonly struct Dim : IEquatable<Dim>
{
    /// <summary>One product of symbols, sorted by name, and its coefficient.</summary>
    readonly record struct Term(long Factor, DimSymbolList Symbols);

    /// <summary>Sorted symbols of a term; equality by content.</summary>
    sealed class DimSymbolList(DimSymbol[] symbols) : IEquatable<DimSymbolList>
    {
        public static readonly DimSymbolList None = new([]);
        public DimSymbol[] Symbols { get; } = symbols;
        public string Text { get; } = string.Join("*", symbols.Select(s => s.Name));
        public bool Equals(DimSymbolList? other) => other is not null && Text == other.Text;
        public override bool Equals(object? obj) => Equals(obj as DimSymbolList);
        public override int GetHashCode() => Text.GetHashCode();
    }

    // Sorted by Text, no zero factors; null stands for the constant 0.
    readonly Term[]? terms;
    readonly long divisor;

    Dim(Term[] terms, long divisor) => (this.terms, this.divisor) = (terms, divisor);

    Term[] Terms => terms ?? [];

    /// <summary>What the polynomial is divided by; 1 where it has integer coefficients.</summary>
    long Divisor => divisor == 0 ? 1 : divisor;

    /// <summary>No symbol occurs.</summary>
    public bool IsConstant => Terms.All(t => t.Symbols.Symbols.Length == 0);

    /// <summary>The value of a constant.</summary>
    /// <exception cref="ShapeException">The length is symbolic.</exception>
    public long Constant => IsConstant
        ? (Terms.Length == 0 ? 0 : Terms[0].Factor)
        : throw new ShapeException($"{this} is not known at build: keep it a Dim, do not convert it to int");

    /// <summary>A symbol as a length.</summary>
    public static Dim Of(DimSymbol symbol) => new([new Term(1, new DimSymbolList([symbol]))], 1);

    public static implicit operator Dim(int length) => Create([new Term(length, DimSymbolList.None)], 1);

    /// <summary>A constant as an integer.</summary>
    /// <exception cref="ShapeException">The length is symbolic.</exception>
    public static explicit operator int(Dim dim) => checked((int)dim.Constant);

    public static Dim operator +(Dim a, Dim b) =>
        Create(Scaled(a, b.Divisor).Concat(Scaled(b, a.Divisor)), a.Divisor * b.Divisor);

    public static Dim operator -(Dim a, Dim b) => a + -1 * b;

    public static Dim operator *(Dim a, Dim b) => Create(
        from x in a.Terms
        from y in b.Terms
        select new Term(x.Factor * y.Factor, new DimSymbolList(
            [.. x.Symbols.Symbols.Concat(y.Symbols.Symbols).OrderBy(s => s.Name, StringComparer.Ordinal)])),
        a.Divisor * b.Divisor);

    /// <summary>Exact division.</summary>
    /// <exception cref="ShapeException">It cannot be proved to have no remainder.</exception>
    public static Dim operator /(Dim a, Dim b)
    {
        if (b.Terms.Length == 0) throw new ShapeException($"{a} is divided by zero");
        if (a == b) return 1;
        if (b.Terms.Length == 1 && TryDivide(a, b.Terms[0], b.Divisor, out Dim quotient)) return quotient;
        throw new ShapeException(a.IsConstant && b.IsConstant
            ? $"{a} is not divisible by {b}"
            : $"{a} cannot be proved divisible by {b}: declare a Multiple on its dim, or choose lengths that divide");
    }

    static bool TryDivide(Dim a, Term by, long divisor, out Dim quotient)
    {
        quotient = default;
        var terms = new List<Term>();
        foreach (Term term in a.Terms)
        {
            List<DimSymbol> rest = [.. term.Symbols.Symbols];
            foreach (DimSymbol symbol in by.Symbols.Symbols)
                if (!rest.Remove(symbol)) return false;
            terms.Add(new Term(term.Factor * divisor, new DimSymbolList([.. rest])));
        }
        // by.Factor * a.Divisor must divide every term for every allowed value of the symbols.
        long below = by.Factor * a.Divisor;
        foreach (Term term in terms)
        {
            long known = term.Symbols.Symbols.Aggregate(term.Factor, (product, symbol) => product * symbol.Multiple);
            if (below == 0 || known % below != 0) return false;
        }
        quotient = Create(terms, below);
        return true;
    }

    /// <summary>Whether dividing by another length is proved to leave no remainder.</summary>
    internal bool IsMultipleOf(Dim part)
    {
        if (this == part) return true;
        if (IsConstant && part.IsConstant) return part.Constant != 0 && Constant % part.Constant == 0;
        try
        {
            _ = this / part;
            return true;
        }
        catch (ShapeException)
        {
            return false;
        }
    }

    /// <summary>
    /// The quotient rounded down, where the symbols' part has no remainder whatever their values: only the constant is
    /// rounded.
    /// </summary>
    /// <param name="by">Above 0.</param>
    /// <param name="quotient">The quotient, where there is one.</param>
    internal bool TryFloor(int by, out Dim quotient)
    {
        quotient = default;
        long below = Divisor * by;
        List<Term> symbolic = [.. Terms.Where(t => t.Symbols.Symbols.Length > 0)];
        foreach (Term term in symbolic)
            if (term.Symbols.Symbols.Aggregate(term.Factor, (product, s) => product * s.Multiple) % below != 0)
                return false;
        long constant = Terms.Where(t => t.Symbols.Symbols.Length == 0).Sum(t => t.Factor);
        long floor = constant / below - (constant % below < 0 ? 1 : 0);
        quotient = Create(symbolic, below) + Create([new Term(floor, DimSymbolList.None)], 1);
        return true;
    }

    public static bool operator ==(Dim a, Dim b) => a.Equals(b);
    public static bool operator !=(Dim a, Dim b) => !a.Equals(b);

    static IEnumerable<Term> Scaled(Dim dim, long factor) =>
        dim.Terms.Select(t => t with { Factor = t.Factor * factor });

    static Dim Create(IEnumerable<Term> terms, long divisor)
    {
        Term[] merged = [.. terms.GroupBy(t => t.Symbols.Text, StringComparer.Ordinal)
            .Select(g => new Term(g.Sum(t => t.Factor), g.First().Symbols))
            .Where(t => t.Factor != 0)
            .OrderBy(t => t.Symbols.Text, StringComparer.Ordinal)];
        long common = merged.Aggregate(Math.Abs(divisor), (g, t) => Gcd(g, Math.Abs(t.Factor)));
        if (common > 1)
        {
            merged = [.. merged.Select(t => t with { Factor = t.Factor / common })];
            divisor /= common;
        }
        return merged.Length == 0 ? default : new Dim(merged, divisor);
    }

    static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    /// <summary>The symbols that occur, sorted by name.</summary>
    public IEnumerable<DimSymbol> Symbols =>
        Terms.SelectMany(t => t.Symbols.Symbols).Distinct().OrderBy(s => s.Name, StringComparer.Ordinal);

    /// <summary>The largest value for symbols within their bounds.</summary>
    public long Maximum => Bound(s => s.Max, s => s.Min);

    /// <summary>The smallest value for symbols within their bounds.</summary>
    public long Minimum => Bound(s => s.Min, s => s.Max);

    long Bound(Func<DimSymbol, int> rising, Func<DimSymbol, int> falling)
    {
        long sum = 0;
        foreach (Term term in Terms)
            sum += term.Symbols.Symbols.Aggregate(term.Factor,
                (p, s) => p * (term.Factor > 0 ? rising(s) : falling(s)));
        return sum / Divisor;
    }

    /// <summary>The value where each symbol has the given one.</summary>
    public long Evaluate(Func<string, long> value) =>
        Terms.Sum(t => t.Symbols.Symbols.Aggregate(t.Factor, (p, s) => p * value(s.Name))) / Divisor;

    /// <summary>The length of symbols that are known, for instance to name one axis of a span by its length.</summary>
    public bool IsSymbolTimesConstant(out DimSymbol? symbol, out long factor)
    {
        (symbol, factor) = (null, 0);
        if (Terms.Length != 1 || Divisor != 1 || Terms[0].Symbols.Symbols.Length != 1) return false;
        (symbol, factor) = (Terms[0].Symbols.Symbols[0], Terms[0].Factor);
        return true;
    }

    public bool Equals(Dim other) => Divisor == other.Divisor && Terms.SequenceEqual(other.Terms);
    public override bool Equals(object? obj) => obj is Dim dim && Equals(dim);

    public override int GetHashCode() => Terms.Aggregate((int)Divisor, (hash, t) => hash * 31 + t.GetHashCode());

    /// <summary>Both a label for people and an expression in C#: <c>2 * B * T + 1</c>.</summary>
    public override string ToString()
    {
        if (Terms.Length == 0) return "0";
        var text = new StringBuilder();
        foreach (Term term in Terms.OrderByDescending(t => t.Symbols.Symbols.Length))
        {
            long factor = term.Factor;
            if (text.Length > 0) text.Append(factor < 0 ? " - " : " + ");
            else if (factor < 0) text.Append('-');
            factor = Math.Abs(factor);
            string symbols = term.Symbols.Text.Replace("*", " * ");
            if (symbols.Length == 0) text.Append(factor.ToString(CultureInfo.InvariantCulture));
            else if (factor == 1) text.Append(symbols);
            else text.Append(factor.ToString(CultureInfo.InvariantCulture)).Append(" * ").Append(symbols);
        }
        if (Divisor == 1) return text.ToString();
        string quotient = Terms.Length == 1 && Terms[0].Factor == 1 ? text.ToString() : "(" + text + ")";
        return quotient + " / " + Divisor.ToString(CultureInfo.InvariantCulture);
    }
}
