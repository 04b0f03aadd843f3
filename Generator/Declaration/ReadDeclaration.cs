using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using ModelCompiler.Infrastructure;

namespace ModelCompiler.Declaration;

/// <summary>
/// Reads one [Model] class, and the static methods it calls, from Roslyn's operations into numbered records.
/// </summary>
sealed partial class ReadDeclaration
{
    const string Library = "ModelCompiler.";

    readonly Compilation compilation;
    readonly CancellationToken cancellation;
    readonly INamedTypeSymbol type;
    readonly List<Node> nodes = [];
    readonly List<SourceSpan> spans = [];
    readonly List<Mistake> mistakes = [];
    readonly SortedSet<string> references = new(StringComparer.Ordinal);
    readonly SortedSet<string> imports = new(StringComparer.Ordinal);
    readonly Queue<IMethodSymbol> pending = new();
    readonly HashSet<string> seen = [];

    ReadDeclaration(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation) =>
        (this.type, this.compilation, this.cancellation) = (type, compilation, cancellation);

    /// <summary>Reads a model; a fault of the reader itself becomes a mistake of the model, MC9001.</summary>
    public static ReadModel Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        try
        {
            return new ReadDeclaration(type, compilation, cancellation).Read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            string ns = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
            string message = $"{type.Name}: the compiler failed while reading this class ({e.GetType().Name}: " +
                $"{e.Message}). Please report it with the model's source";
            return new(new ModelDeclaration(Signature.Of(type), ns, type.Name, IsImported: false, [], [], [], [], -1,
                [], [], [], [],
                new Mistake[] { new("MC9001", -1, message) }), new SourceMap([]));
        }
    }

    ReadModel Read()
    {
        CheckClass();
        DimDeclaration[] dims = Dims();
        MarkedPattern[] frozen = Patterns("FrozenAttribute"), taps = Patterns("TapAttribute");
        List<FieldDeclaration> fields = Fields();
        foreach (IMethodSymbol method in Members().OfType<IMethodSymbol>()
            .Where(m => m.MethodKind is MethodKind.Ordinary or MethodKind.PropertyGet
                && !m.IsImplicitlyDeclared)) pending.Enqueue(method);
        (string[] parameters, int constructor) = Constructor();
        if (parameters.Length > 0) CheckPatternsOfPart(frozen, taps);
        List<MethodDeclaration> methods = Methods(parameters.Length == 0);
        CheckNames(methods);
        CheckMembers(methods, dims);
        foreach (MethodDeclaration second in methods.Where(m => m.IsLoss).Skip(1))
            mistakes.Add(new("MC0004", second.Mark,
                $"{type.Name} has two losses, {methods.First(m => m.IsLoss).Name} and {second.Name}: add them up in " +
                    "one method, or keep [Loss] on one"));
        string ns = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        var declaration = new ModelDeclaration(Signature.Of(type), ns, type.Name, IsImported: false, Optimizers(), dims,
            parameters, fields.ToArray(),
            constructor, methods.ToArray(), nodes.ToArray(), references.ToArray(), imports.ToArray(),
                mistakes.ToArray())
        {
            Taken = Taken(methods, dims), Frozen = frozen, Taps = taps, Precision = PrecisionOf(type),
            Targets = Targets(),
        };
        return new(declaration, new SourceMap(spans.ToArray()));
    }

    /// <summary>
    /// In order of declaration; for a class in several files by the files' names, so that their order in the project
    /// does not matter.
    /// </summary>
    IEnumerable<ISymbol> Members() => type.GetMembers()
        .OrderBy(m => m.Locations.FirstOrDefault()?.SourceTree?.FilePath ?? "", StringComparer.Ordinal)
        .ThenBy(m => m.Locations.FirstOrDefault()?.SourceSpan.Start ?? 0);

    void CheckClass()
    {
        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is not TypeDeclarationSyntax syntax) continue;
            if (!syntax.Modifiers.Any(SyntaxKind.PartialKeyword))
                mistakes.Add(new("MC0002", Mark(syntax.Identifier),
                    $"{type.Name} is a [Model] but not partial, so nothing can be generated into it: write partial " +
                        $"class {type.Name}"));
            if (type.ContainingType is not null || type.IsGenericType || type.IsRecord)
                mistakes.Add(new("MC0008", Mark(syntax.Identifier),
                    $"{type.Name} is a [Model] inside another type, with type parameters or a record: make it a " +
                        "plain class of a namespace"));
        }
    }

    DimDeclaration[] Dims()
    {
        var dims = new List<DimDeclaration>();
        foreach (AttributeData attribute in Attributes(type, "DimAttribute"))
        {
            DimDeclaration dim = Dim(attribute);
            if (dims.Any(d => d.Name == dim.Name))
                mistakes.Add(new("MC0006", MarkOf(attribute),
                    $"dim {dim.Name} is declared twice: keep one, or give the other another name"));
            else dims.Add(dim);
        }
        return [.. dims];
    }

    DimDeclaration Dim(AttributeData attribute)
    {
        string name = attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        int Named(string key, int otherwise) =>
            attribute.NamedArguments.FirstOrDefault(a => a.Key == key).Value.Value as int? ?? otherwise;
        var dim = new DimDeclaration(name, Named("Min", 1), Named("Max", 0), Named("Multiple", 1));
        string? problem = !SyntaxFacts.IsValidIdentifier(name)
            ? $"\"{name}\" is no name for a dim: use an identifier such as \"B\""
            : dim.Max < 1 ? $"dim {name} has no Max: memory is planned for it, so write [Dim(\"{name}\", Max = …)]"
            : dim.Min < 1 || dim.Min > dim.Max
                ? $"dim {name} runs from {dim.Min} to {dim.Max}: Min must be from 1 to Max"
            : dim.Multiple < 1 || dim.Max % dim.Multiple != 0 || dim.Min % dim.Multiple != 0 && dim.Min > 1
                ? $"dim {name} is a multiple of {dim.Multiple}, but its bounds {dim.Min} and {dim.Max} are not" : null;
        if (problem is not null) mistakes.Add(new("MC0006", MarkOf(attribute), problem));
        // A bound that is left out is at least possible.
        return dim.Min == 1 && dim.Multiple > 1 ? dim with { Min = dim.Multiple } : dim;
    }

    string[] Optimizers()
    {
        if (Attributes(type, "OptimizersAttribute")
            .FirstOrDefault() is not { ConstructorArguments: [{ Kind: TypedConstantKind.Array } types] } attribute)
            return ["AdamW"];
        string[] names = [.. types.Values.Select(v => (v.Value as INamedTypeSymbol)?.Name ?? "")];
        foreach (string name in names.Where(n => !KnownOptimizers.Contains(n)))
            mistakes.Add(new("MC0009", MarkOf(attribute), $"{(name.Length > 0 ? name : "this")} is no optimizer: use " +
                "typeof(AdamW), typeof(Sgd), typeof(Lion), typeof(Adafactor) or typeof(Muon)"));
        return [.. names.Where(KnownOptimizers.Contains).Distinct()];
    }

    /// <summary>The processor always is one.</summary>
    string[] Targets()
    {
        const int Cuda = 2;
        object? named = Attributes(type, "TargetsAttribute").FirstOrDefault()?
            .ConstructorArguments.FirstOrDefault().Value;
        return named is int targets && (targets & Cuda) != 0 ? ["Cpu", "Cuda"] : ["Cpu"];
    }

    /// <summary>Names are those of the root: a class with constructor parameters is never one.</summary>
    void CheckPatternsOfPart(MarkedPattern[] frozen, MarkedPattern[] taps)
    {
        foreach (MarkedPattern pattern in frozen)
            mistakes.Add(new("MC0018", pattern.Mark, $"{type.Name} has constructor parameters, so it is a part of " +
                "other models, and names count from their root: write [Frozen] on the root, or on the field itself"));
        foreach (MarkedPattern pattern in taps)
            mistakes.Add(new("MC0021", pattern.Mark, $"{type.Name} has constructor parameters, so it is a part of " +
                "other models, and names count from their root: write [Tap] on the root"));
    }

    static readonly HashSet<string> KnownOptimizers = ["AdamW", "Sgd", "Lion", "Adafactor", "Muon"];

    /// <summary>The entries of an attribute of the class that takes patterns of names, each with its place.</summary>
    MarkedPattern[] Patterns(string name)
    {
        var patterns = new List<MarkedPattern>();
        foreach (AttributeData attribute in Attributes(type, name))
        {
            string[] entries = attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Array } values]
                ? [.. values.Values.Select(v => v.Value as string ?? "")] : [];
            var arguments = (attribute.ApplicationSyntaxReference?.GetSyntax(
                cancellation) as AttributeSyntax)?.ArgumentList?.Arguments;
            for (int i = 0; i < entries.Length; i++)
                patterns.Add(new(entries[i], arguments is { } list && i < list.Count
                    ? Mark(list[i].SyntaxTree, list[i].Span) : MarkOf(attribute)));
            if (entries.Length == 0) patterns.Add(new("", MarkOf(attribute)));
        }
        return [.. patterns];
    }

    /// <summary>What [Precision] says; an enum argument arrives as its number.</summary>
    static PrecisionLevel? PrecisionOf(ISymbol symbol) =>
        Attributes(symbol, "PrecisionAttribute").FirstOrDefault() is { ConstructorArguments: [{ Value: int level }] }
            && level is >= 0 and <= (int)PrecisionLevel.Float8 ? (PrecisionLevel)level : null;

    List<FieldDeclaration> Fields()
    {
        var fields = new List<FieldDeclaration>();
        foreach (ISymbol member in Members().Where(m => !m.IsStatic && !m.IsImplicitlyDeclared))
        {
            EqualsValueClauseSyntax? initializer = member switch
            {
                IFieldSymbol { IsConst: false } => (Syntax(member) as VariableDeclaratorSyntax)?.Initializer,
                IPropertySymbol property => (Syntax(property) as PropertyDeclarationSyntax)?.Initializer,
                _ => null,
            };
            bool isStored = member is IFieldSymbol { IsConst: false } || member is IPropertySymbol p && IsAutomatic(p);
            if (!isStored) continue;
            IOperation? value = initializer is null ? null
                : (Operation(initializer) as ISymbolInitializerOperation)?.Value;
            fields.Add(new(member.Name, value is null ? -1 : Visit(value),
                Attributes(member, "FrozenAttribute").Any()) { Precision = PrecisionOf(member) });
        }
        return fields;
    }

    (string[], int) Constructor()
    {
        if (type.InstanceConstructors.FirstOrDefault(c =>
            c.Parameters.Length > 0 && Syntax(c) is TypeDeclarationSyntax) is { } primary)
            return ([.. primary.Parameters.Select(p => p.Name)], -1);
        IMethodSymbol[] written = [.. type.InstanceConstructors.Where(c => Syntax(c) is ConstructorDeclarationSyntax)];
        if (written.Length == 0) return ([], -1);
        if (written.Length > 1)
            mistakes.Add(new("MC0008", Mark(((ConstructorDeclarationSyntax)Syntax(written[1])!).Identifier),
                $"{type.Name} has {written.Length} constructors: a [Model] has one, give its parameters default " +
                    "values instead"));
        var body = Operation(Syntax(written[0])!) as IConstructorBodyOperation;
        return ([.. written[0].Parameters.Select(p => p.Name)],
            Visit((IOperation?)body?.BlockBody ?? body?.ExpressionBody));
    }

    List<MethodDeclaration> Methods(bool canBeRoot)
    {
        var methods = new List<MethodDeclaration>();
        while (pending.Count > 0)
        {
            IMethodSymbol method = pending.Dequeue();
            string signature = SignatureOf(method);
            if (!seen.Add(signature) || Syntax(method) is not { } syntax) continue;
            IOperation? body = Operation(syntax) switch
            {
                IMethodBodyOperation o => (IOperation?)o.BlockBody ?? o.ExpressionBody,
                IBlockOperation o => o,
                _ => null,
            };
            if (body is null) continue;
            bool isOwn = SymbolEqualityComparer.Default.Equals(method.ContainingType, type)
                && method.MethodKind == MethodKind.Ordinary;
            bool isLoss = isOwn && Attributes(method, "LossAttribute").Any();
            ParameterDeclaration[] parameters = [.. method.Parameters.Select(p => Parameter(p, isOwn))];
            bool isEntry = canBeRoot && isOwn && !method.IsStatic
                && (isLoss || method.DeclaredAccessibility == Accessibility.Public && parameters.Any(p => p.HasShape));
            int mark = isOwn && syntax is MethodDeclarationSyntax m ? Mark(m.Identifier) : -1;
            if (isEntry) CheckEntry(method, parameters, isLoss, mark);
            if (isLoss && !canBeRoot)
                mistakes.Add(new("MC0008", mark, $"{type.Name} has constructor parameters and a [Loss]: only a model " +
                    "without parameters can be trained on its own"));
            methods.Add(new(signature, method.Name, isLoss, isEntry, parameters, Visit(body), mark)
            {
                IsOperator = Attributes(method, "OperatorAttribute").Any(),
                Metrics = isLoss ? Metrics(method, mark) : [],
            });
        }
        return methods;
    }

    /// <summary>What generated code calls its own members: an entry point of that name would be a second one.</summary>
    static readonly HashSet<string> Reserved =
    [
        "Activation", "Activations", "Cost", "CreateSession", "CreateTrainer", "Device", "Dispose", "Layout", "Load",
            "Parameters", "PlannedBytes", "Pool",
        "Session", "Step", "Trainer", "Training", "Weights",
    ];

    void CheckNames(List<MethodDeclaration> methods)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (MethodDeclaration entry in methods.Where(m => m.IsEntry))
            if (Reserved.Contains(entry.Name))
                mistakes.Add(new("MC0015", entry.Mark, $"{entry.Name} is what generated code calls one of its own " +
                    "members: give this entry point another name"));
            else if (!taken.Add(entry.Name))
                mistakes.Add(new("MC0015", entry.Mark, $"{type.Name} has two entry points called {entry.Name}: each " +
                    "becomes a method of a session, so give them different names"));
    }

    void CheckEntry(IMethodSymbol method, ParameterDeclaration[] parameters, bool isLoss, int mark)
    {
        // A type that does not exist is the C# compiler's to report.
        foreach (ParameterDeclaration parameter in parameters.Where((_, i) =>
            method.Parameters[i].Type.TypeKind != TypeKind.Error))
        {
            if (parameter.Type is not ("ModelCompiler.Tensor" or "ModelCompiler.Tensor`1<System.Int32>"))
                mistakes.Add(new("MC0012", parameter.Mark,
                    $"{parameter.Name} is {Short(parameter.Type)}: {method.Name} can be called from outside, so its " +
                        "parameters are Tensor or Tensor<int>"));
            else if (!parameter.HasShape)
                mistakes.Add(new("MC0003", parameter.Mark,
                    $"{parameter.Name} has no shape: {method.Name} can be called from outside, so write " +
                        $"[Shape(\"B\", …)] before {parameter.Name}"));
        }
        if (method.ReturnType.TypeKind == TypeKind.Error) return;
        string result = Signature.Of(method.ReturnType);
        bool isTuple = method.ReturnType is INamedTypeSymbol { IsTupleType: true } t
            && t.TupleElements.All(e => Signature.Of(e.Type) == "ModelCompiler.Tensor");
        if (result != "ModelCompiler.Tensor" && !isTuple)
            mistakes.Add(new("MC0013", mark, $"{method.Name} returns {Short(result)}: " +
                (isLoss ? "a loss is a Tensor of one number, or a tuple of it and metrics"
                    : "an entry point returns a Tensor, or a tuple of them")));
    }

    /// <summary>What a loss returns beside itself, as properties are called.</summary>
    string[] Metrics(IMethodSymbol method, int mark)
    {
        if (method.ReturnType is not INamedTypeSymbol { IsTupleType: true } tuple) return [];
        var names = new List<string>();
        for (int i = 1; i < tuple.TupleElements.Length; i++)
        {
            IFieldSymbol element = tuple.TupleElements[i];
            string name = char.ToUpperInvariant(element.Name[0]) + element.Name.Substring(1);
            if (!element.IsExplicitlyNamedTupleElement)
                mistakes.Add(new("MC0023", mark, $"result {i + 1} of {method.Name} has no name: the trainer shows it " +
                    "by its name after each step, so write (Tensor loss, Tensor accuracy)"));
            else if (names.Contains(name))
                mistakes.Add(new("MC0023", mark, $"{method.Name} returns two metrics called {name}: give them " +
                    "different names"));
            else names.Add(name);
        }
        return [.. names];
    }

    static string Short(string type) => type.Substring(type.LastIndexOf('.') + 1);

    ParameterDeclaration Parameter(IParameterSymbol parameter, bool isOwn)
    {
        string parameterType = Signature.Of(parameter.Type);
        AttributeData? shape = isOwn ? Attributes(parameter, "ShapeAttribute").FirstOrDefault() : null;
        int mark = isOwn && Syntax(parameter) is ParameterSyntax syntax ? Mark(syntax.Identifier) : -1;
        if (shape is null) return new(parameter.Name, parameterType, false, [], [], mark);
        string[] entries = shape.ConstructorArguments is [{ Kind: TypedConstantKind.Array } values]
            ? [.. values.Values.Select(v => v.Value as string ?? "")] : [];
        var arguments = (shape.ApplicationSyntaxReference?.GetSyntax(
            cancellation) as AttributeSyntax)?.ArgumentList?.Arguments;
        int[] marks = [.. entries.Select((_, i) =>
            arguments is { } list && i < list.Count ? Mark(list[i].SyntaxTree, list[i].Span) : mark)];
        return new(parameter.Name, parameterType, true, entries, marks, mark);
    }

    bool IsComputed(IPropertySymbol property) => !property.DeclaringSyntaxReferences.IsEmpty && !IsAutomatic(property);

    bool IsAutomatic(IPropertySymbol property) =>
        Syntax(property) is PropertyDeclarationSyntax { ExpressionBody: null } syntax
        && (syntax.AccessorList?.Accessors.All(a => a.Body is null && a.ExpressionBody is null) ?? false);

    int MarkOf(AttributeData attribute) => attribute.ApplicationSyntaxReference is { } reference
        ? Mark(reference.SyntaxTree, reference.Span) : -1;

    int Mark(SyntaxToken token) => Mark(token.SyntaxTree!, token.Span);

    /// <summary>A node that only stands for a place.</summary>
    int Mark(SyntaxTree tree, Microsoft.CodeAnalysis.Text.TextSpan span)
    {
        nodes.Add(new Node(NodeKind.Mark, "", "", [], null, ""));
        spans.Add(new SourceSpan(tree.FilePath, span.Start, span.Length));
        return nodes.Count - 1;
    }

    static IEnumerable<AttributeData> Attributes(ISymbol symbol, string name) =>
        symbol.GetAttributes().Where(a =>
            a.AttributeClass is { ContainingNamespace.Name: "ModelCompiler" } c && c.Name == name);

    static string SignatureOf(IMethodSymbol method) => Signature.Of(method.ContainingType) + "." + Signature.Of(method);

    SyntaxNode? Syntax(ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).FirstOrDefault();

    IOperation? Operation(SyntaxNode syntax) =>
        compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax, cancellation);
}
