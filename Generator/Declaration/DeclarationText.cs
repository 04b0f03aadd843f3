using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Declaration;

/// <summary>
/// Declarations as one string (a version, then length-prefixed fields) and back: how a model leaves its assembly.
/// </summary>
static class DeclarationText
{
    /// <summary>Changes whenever <see cref="ModelDeclaration"/> or the meaning of a node does.</summary>
    public const string Version = "2";

    /// <summary>Of declarations with a [Precision] somewhere: each says its own in front of its fields'.</summary>
    const string WithPrecision = "3";

    public static string Write(IEnumerable<ModelDeclaration> declarations)
    {
        var text = new StringBuilder();
        void String(string value) => text.Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(':')
            .Append(value);
        void Number(int value) => String(value.ToString(CultureInfo.InvariantCulture));
        void Many<T>(IReadOnlyCollection<T> items, Action<T> write)
        {
            Number(items.Count);
            foreach (T item in items) write(item);
        }
        ModelDeclaration[] all = [.. declarations];
        bool hasPrecision = all.Any(d => d.Precision is not null || d.Fields.Any(f => f.Precision is not null));
        void Precision(PrecisionLevel? precision)
        {
            if (hasPrecision) Number(precision is { } level ? (int)level : -1);
        }
        String(hasPrecision ? WithPrecision : Version);
        Many(all, d =>
        {
            String(d.FullName);
            String(d.Namespace);
            String(d.Name);
            Many(d.Parameters, String);
            Precision(d.Precision);
            Many(d.Fields, f =>
            {
                String(f.Name);
                Number(f.Initializer);
                Number(f.IsFrozen ? 1 : 0);
                Precision(f.Precision);
            });
            Number(d.Constructor);
            Many(d.Methods, m =>
            {
                String(m.Signature);
                String(m.Name);
                Many(m.Parameters, p => { String(p.Name); String(p.Type); });
                Number(m.Body);
                Number(m.IsOperator ? 1 : 0);
            });
            Many(d.Nodes, n =>
            {
                Number((int)n.Kind);
                String(n.Name);
                String(n.Type);
                Many(n.Children, Number);
                String(n.Text);
                String(n.Constant is null ? "" : Convert.GetTypeCode(n.Constant).ToString());
                String(n.Constant switch
                {
                    double number => number.ToString("R", CultureInfo.InvariantCulture),
                    float number => number.ToString("R", CultureInfo.InvariantCulture),
                    _ => Convert.ToString(n.Constant, CultureInfo.InvariantCulture) ?? "",
                });
            });
            Many(d.References, String);
        });
        return text.ToString();
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote; false for a text of another version, whose name is given, or a damaged
    /// one.
    /// </summary>
    public static bool TryRead(string text, out List<ModelDeclaration> declarations, out string version)
    {
        var reader = new Reader(text);
        (declarations, version) = ([], reader.TryString() ?? "damaged");
        if (version != Version && version != WithPrecision) return false;
        bool hasPrecision = version == WithPrecision;
        try
        {
            declarations.AddRange(reader.Many(() => Declaration(reader, hasPrecision)));
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            version = "damaged";
            return false;
        }
    }

    static ModelDeclaration Declaration(Reader r, bool hasPrecision)
    {
        PrecisionLevel? Precision() => hasPrecision && r.Number() is var level and >= 0 ? (PrecisionLevel)level : null;
        var (fullName, ns, name, parameters, own) = (r.String(), r.String(), r.String(), r.Many(r.String), Precision());
        return new(fullName, ns, name, IsImported: true, [], [], parameters,
        r.Many(() => new FieldDeclaration(r.String(), r.Number(), r.Number() != 0) { Precision = Precision() }),
        r.Number(),
        r.Many(() => new MethodDeclaration(r.String(), r.String(), IsLoss: false, IsEntry: false,
            r.Many(() => new ParameterDeclaration(r.String(), r.String(), false, [], [], -1)), r.Number(), -1)
            {
                IsOperator = r.Number() != 0,
            }),
        r.Many(() =>
        {
            var (kind, name, type, children, body) = ((NodeKind)r.Number(), r.String(), r.String(), r.Many(r.Number),
                r.String());
            return new Node(kind, name, type, children, Constant(r.String(), r.String()), body);
        }),
        r.Many(r.String), [], []) { Precision = own };
    }

    static object? Constant(string code, string value) =>
        code.Length == 0 ? null : Convert.ChangeType(value, (TypeCode)Enum.Parse(typeof(TypeCode), code),
            CultureInfo.InvariantCulture);

    sealed class Reader(string text)
    {
        int at;

        public string? TryString()
        {
            int colon = text.IndexOf(':', at);
            if (colon < 0 || !int.TryParse(text.Substring(at, colon - at), NumberStyles.None,
                CultureInfo.InvariantCulture, out int length)
                || colon + 1 + length > text.Length) return null;
            at = colon + 1 + length;
            return text.Substring(colon + 1, length);
        }

        public string String() => TryString() ?? throw new FormatException("a damaged model declaration");

        public int Number() => int.Parse(String(), CultureInfo.InvariantCulture);

        public T[] Many<T>(Func<T> read)
        {
            var items = new T[Number()];
            for (int i = 0; i < items.Length; i++) items[i] = read();
            return items;
        }
    }
}
