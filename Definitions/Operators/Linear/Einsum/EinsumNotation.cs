using System;
using System.Collections.Generic;
using System.Linq;
using static ModelCompiler.Operators;

namespace ModelCompiler;

/// <summary>One use of Einsum: its labels read, then operands multiplied two at a time.</summary>
sealed class EinsumNotation
{
    /// <summary>
    /// Axes that "..." stands for are labels as well: from the last one, the characters from here down.
    /// </summary>
    const char LastOfEllipsis = '\u001f';

    readonly string pattern;
    readonly Dictionary<char, Dim> lengths = [];
    readonly List<(Tensor Tensor, string Labels)> terms = [];
    readonly string result;

    /// <exception cref="ShapeException">The pattern cannot be read, or does not fit the operands.</exception>
    public EinsumNotation(string pattern, Tensor[] operands)
    {
        this.pattern = pattern;
        string text = pattern.Replace(" ", "");
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        string[] inputs = (arrow < 0 ? text : text.Substring(0, arrow)).Split(',');
        if (inputs.Length != operands.Length)
            throw Wrong($"describes {inputs.Length} operands, but there are {operands.Length}. Separate what belongs " +
                "to each by commas");
        int widest = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            int named = Read(inputs[i]).Length, rank = operands[i].Shape.Rank;
            bool isOpen = inputs[i].Contains("...");
            if (isOpen ? rank < named : rank != named)
                throw new ShapeException(
                    $"Einsum: \"{inputs[i]}\" names {named} axes{(isOpen ? " or more" : "")} but " +
                    $"operand {i + 1} is {operands[i].Shape}. Give each axis a letter, or leading ones ...",
                    operands[i]) { Id = "MC1125" };
            widest = Math.Max(widest, rank - named);
            terms.Add((operands[i], Expanded(inputs[i], rank - named)));
        }
        foreach ((Tensor operand, string labels) in terms) Measure(operand, labels);
        if (arrow < 0)
        {
            result = Implied(widest);
            return;
        }
        string output = text.Substring(arrow + 2);
        Read(output);
        result = Expanded(output, widest);
        CheckResult(output, widest);
    }

    /// <summary>The product of all operands, with the axes of the result in order.</summary>
    public Tensor Evaluate()
    {
        (Tensor Tensor, string Labels) product = Prepared(0);
        for (int i = 1; i < terms.Count; i++) product = Product(product, Prepared(i), KeptAfter(i));
        product = Summed(product, result);
        return Ordered(product, result);
    }

    /// <summary>Labels that the result or a later operand asks for.</summary>
    string KeptAfter(int index) => result + string.Concat(terms.Skip(index + 1).Select(t => t.Labels));

    /// <summary>
    /// An operand with each label once, no axis that it alone has and nobody asks for, and none repeated.
    /// </summary>
    (Tensor, string) Prepared(int index)
    {
        (Tensor tensor, string labels) = terms[index];
        for (int axis = labels.Length - 1; axis > 0; axis--)
        {
            int first = labels.IndexOf(labels[axis]);
            if (first == axis) continue;
            tensor = Diagonal(tensor, first, axis);
            labels = labels.Remove(axis, 1);
        }
        // An axis of length 1 that is longer elsewhere broadcasts: without it nothing has to be repeated.
        for (int axis = labels.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Shape[axis] != 1 || lengths[labels[axis]] == 1) continue;
            tensor = Squeeze(tensor, axis);
            labels = labels.Remove(axis, 1);
        }
        string others = result + string.Concat(terms.Where((_, i) => i != index).Select(t => t.Labels));
        return Summed((tensor, labels), others);
    }

    /// <summary>What stands where two axes have the same index; the second axis goes.</summary>
    static Tensor Diagonal(Tensor tensor, int first, int second)
    {
        Dim length = tensor.Shape[first];
        Tensor<int> Along(int axis) =>
            Range(length).Reshape([.. tensor.Shape.Dims.Select((_, a) => a == axis ? length : 1)]);
        return Squeeze(Sum(Where(Equal(Along(first), Along(second)), tensor, 0), second), second);
    }

    static (Tensor, string) Summed((Tensor Tensor, string Labels) term, string kept)
    {
        (Tensor tensor, string labels) = term;
        for (int axis = labels.Length - 1; axis >= 0; axis--)
        {
            if (kept.IndexOf(labels[axis]) >= 0) continue;
            tensor = Squeeze(Sum(tensor, axis), axis);
            labels = labels.Remove(axis, 1);
        }
        return (tensor, labels);
    }

    (Tensor, string) Product((Tensor Tensor, string Labels) a, (Tensor Tensor, string Labels) b, string kept)
    {
        string shared = Only(a.Labels, l => b.Labels.IndexOf(l) >= 0);
        string summed = Only(shared, l => kept.IndexOf(l) < 0);
        string left = Only(a.Labels, l => shared.IndexOf(l) < 0), right = Only(b.Labels, l => shared.IndexOf(l) < 0);
        string batch = ByResult(Only(shared, l => kept.IndexOf(l) >= 0));
        if (summed.Length == 0)
        {
            string all = ByResult(batch + left + right);
            return (Spread(a, all) * Spread(b, all), all);
        }
        // The last axis of the result should be the last of the product, so that nothing has to be moved behind it.
        int last = (batch + left + right).Select(l => result.IndexOf(l)).DefaultIfEmpty(-1).Max();
        if (right.Length == 0 && left.Length > 0 || last >= 0 && left.IndexOf(result[last]) >= 0)
            (a, b, left, right) = (b, a, right, left);
        left = IsTogether(a.Labels, left) ? left : ByResult(left);
        // Rows that lie together are one axis of a matrix; others stay axes that matrices stand along.
        string outer = IsTogether(a.Labels, left) ? "" : left.Substring(0, left.Length - 1);
        string rows = left.Substring(outer.Length);
        Dim[] batches = Lengths(batch), outers = Lengths(outer);
        Tensor first = Ordered(a, batch + outer + rows + summed)
            .Reshape([.. batches, .. outers, Size(rows), Size(summed)]);
        Tensor second = Ordered(b, batch + summed + right)
            .Reshape([.. batches, .. outers.Select(_ => (Dim)1), Size(summed), Size(right)]);
        Tensor product = MatMul(first, second);
        return (product.Reshape([.. batches, .. Lengths(left), .. Lengths(right)]), batch + left + right);
    }

    /// <summary>Whether labels are neighbours in this order, so that they merge without a copy.</summary>
    static bool IsTogether(string labels, string some) => labels.IndexOf(some, StringComparison.Ordinal) >= 0;

    static string Only(string labels, Func<char, bool> which) => new([.. labels.Where(which)]);

    /// <summary>In the order of the result, others behind.</summary>
    string ByResult(string labels) => new([.. labels.OrderBy(l => result.IndexOf(l) is var at && at < 0 ? 99 : at)]);

    Dim[] Lengths(string labels) => [.. labels.Select(l => lengths[l])];

    Dim Size(string labels) => Lengths(labels).Aggregate((Dim)1, (a, b) => a * b);

    static Tensor Ordered((Tensor Tensor, string Labels) term, string labels) => term.Labels == labels
        ? term.Tensor : Permute(term.Tensor, [.. labels.Select(l => term.Labels.IndexOf(l))]);

    /// <summary>With an axis of length 1 for each label that a term lacks.</summary>
    Tensor Spread((Tensor Tensor, string Labels) term, string labels) =>
        Ordered(term, Only(labels, l => term.Labels.IndexOf(l) >= 0))
            .Reshape([.. labels.Select(l => term.Labels.IndexOf(l) >= 0 ? lengths[l] : 1)]);

    void Measure(Tensor operand, string labels)
    {
        for (int axis = 0; axis < labels.Length; axis++)
        {
            (char label, Dim length) = (labels[axis], operand.Shape[axis]);
            bool broadcasts = label <= LastOfEllipsis;
            if (!lengths.TryGetValue(label, out Dim known) || broadcasts && known == 1) lengths[label] = length;
            else if (known != length && !(broadcasts && length == 1))
                throw new ShapeException($"Einsum: {(broadcasts ? "an axis of ..." : $"{label}")} is {known} and " +
                    $"{length} in \"{pattern}\" (operand {terms.FindIndex(t => t.Tensor == operand) + 1}: " +
                    $"{operand.Shape}). Axes of one letter must be equally long", operand) { Id = "MC1125" };
        }
    }

    /// <summary>Checked letters of one operand or of the result.</summary>
    string Read(string part)
    {
        string letters = part.Replace("...", "");
        if (part.Length - letters.Length > 3) throw Wrong($"has ... twice in \"{part}\". Write it once");
        foreach (char letter in letters)
            if (letter is not (>= 'a' and <= 'z' or >= 'A' and <= 'Z'))
                throw Wrong($"holds '{letter}'. Use letters for axes, commas between operands, -> before the result " +
                    "and ... for leading axes");
        return letters;
    }

    static string Expanded(string part, int axes) =>
        part.Replace("...", new([.. Enumerable.Range(0, axes).Select(k => (char)(LastOfEllipsis - axes + 1 + k))]));

    string Implied(int widest)
    {
        string all = string.Concat(terms.Select(t => t.Labels));
        IEnumerable<char> once = all.Where(l => l > LastOfEllipsis && all.IndexOf(l) == all.LastIndexOf(l));
        bool isOpen = terms.Any(t => t.Labels.Any(l => l <= LastOfEllipsis));
        return Expanded(isOpen ? "..." : "", widest) + string.Concat(once.OrderBy(l => l));
    }

    void CheckResult(string part, int widest)
    {
        if (widest > 0 && !part.Contains("..."))
            throw Wrong("has ... before -> and not behind it. Write it in the result, or name the axes");
        if (widest == 0 && part.Contains("...") && !pattern.Substring(0, pattern.IndexOf('>')).Contains("..."))
            throw Wrong("has ... in the result alone. No operand says which axes it stands for");
        foreach (char label in result)
        {
            if (!lengths.ContainsKey(label)) throw Wrong($"has {label} in the result, which no operand has");
            if (result.IndexOf(label) != result.LastIndexOf(label))
                throw Wrong($"has {label} in the result twice. Name each axis once");
        }
    }

    ShapeException Wrong(string what) => new($"Einsum: \"{pattern}\" {what}", pattern) { Id = "MC1124" };
}
